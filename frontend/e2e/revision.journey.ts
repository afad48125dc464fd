/** A published need is changed, staff see old and new, and decide; the old text stays meanwhile. */
import { expect, test } from '@playwright/test'
import { seriousProblems } from './axe.ts'
import { FIRM, openAs, STAFF, watchErrors } from './site.ts'

const CHANGED = '改写后的问题：原来的办法误判太多，现在要求全天连续在线判断，换班不停。'

test('a change of the problem waits for staff, who see it beside the old text', async ({
  browser,
}) => {
  const firm = await openAs(browser, { username: FIRM })
  const staff = await openAs(browser, { username: STAFF })
  const errors = [watchErrors(firm), watchErrors(staff)]
  const mine = await firm.request.get('/api/v1/needs?mine=true&status=published&limit=1')
  const { items } = (await mine.json()) as { items: { id: string }[] }
  const path = `/needs/${items[0]?.id ?? ''}`

  await firm.goto(`${path}/edit`)
  await firm.locator('#field-problem').fill(CHANGED)
  await firm.locator('button', { hasText: '保存修改' }).click()
  await expect(firm).toHaveURL(new RegExp(`${path}$`))

  const visitor = await openAs(browser, {})
  await visitor.goto(path)
  await expect(visitor.locator('h1')).toBeVisible()
  await expect(visitor.locator('main')).not.toContainText(CHANGED)

  await staff.goto('/review')
  await staff.locator(`a[href^="/review/need/${items[0]?.id ?? ''}"]`).click()
  await expect(staff.locator('main')).toContainText(CHANGED)
  expect(await seriousProblems(staff)).toEqual([])
  await staff.locator('button', { hasText: '通过' }).first().click()
  await expect(async () => {
    await visitor.reload()
    await expect(visitor.locator('main')).toContainText(CHANGED)
  }).toPass()
  expect(errors).toEqual([[], []])
})
