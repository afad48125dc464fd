/** A published need is changed, staff see old and new, and decide; the old text stays meanwhile. */
import { expect, test } from '@playwright/test'
import { seriousProblems } from './axe.ts'
import { FIRM, openAs, send, STAFF, submittedNeed, watchErrors } from './site.ts'

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

test('a change that staff reject changes nothing, and its owner reads why', async ({ browser }) => {
  const firm = await openAs(browser, { username: FIRM })
  const staff = await openAs(browser, { username: STAFF, width: 360 })
  const errors = [watchErrors(firm), watchErrors(staff)]
  const id = await submittedNeed(firm, '要改而不准改的一条')
  await send(staff, `/needs/${id}/publication`)
  const exaggerated = '夸大的新描述：全国第一，什么都能解决。'
  const why = '请勿写无依据的结论'

  await firm.goto(`/needs/${id}/edit`)
  await firm.locator('#field-problem').fill(exaggerated)
  await firm.locator('button', { hasText: '保存修改' }).click()
  await expect(firm).toHaveURL(new RegExp(`/needs/${id}$`))

  await staff.goto(`/review/need/${id}`)
  await expect(staff.locator('.decision')).toContainText(exaggerated)
  await staff.locator('.decision button', { hasText: '退回修改' }).click()
  await staff.locator('.decision button[type=submit]').click()
  await expect(staff.locator('#reject-note:invalid')).toBeFocused()
  await staff.locator('#reject-note').fill(why)
  expect(await seriousProblems(staff)).toEqual([])
  await staff.locator('.decision button[type=submit]').click()
  await expect(staff.locator('.decision')).toHaveCount(0)

  const visitor = await openAs(browser, {})
  await visitor.goto(`/needs/${id}`)
  await expect(visitor.locator('h1')).toBeVisible()
  await expect(visitor.locator('main')).not.toContainText(exaggerated)
  await firm.goto(`/needs/${id}?view=history`)
  await expect(firm.locator('main')).toContainText(why)
  expect(errors).toEqual([[], []])
})
