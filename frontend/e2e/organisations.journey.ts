/** A firm is proposed under another spelling, verified, found to be a double and merged; a station
 *  collects an entry for it. */
import { expect, test } from '@playwright/test'
import { seriousProblems } from './axe.ts'
import { ADMIN, OTHER_FIRM, openAs, STAFF, STATION, watchErrors } from './site.ts'

const HERE = '示例·东楚电路有限公司'
const SPELLING = '示例·东楚电路有限责任公司'

test('one firm under two names is proposed, verified and merged', async ({ browser }) => {
  const user = await openAs(browser, { username: OTHER_FIRM })
  const staff = await openAs(browser, { username: STAFF })
  const admin = await openAs(browser, { username: ADMIN })
  const errors = [watchErrors(user), watchErrors(staff), watchErrors(admin)]

  await user.goto(`/organisations/join?q=${encodeURIComponent(SPELLING)}`)
  await user.locator('button', { hasText: '登记新单位' }).click()
  const form = user.locator('form').last()
  await expect(form.getByLabel('名称', { exact: false }).first()).toHaveValue(SPELLING)
  await form.locator('select').first().selectOption('enterprise')
  await form.locator('.code').fill('91350100M000100Y44')
  await user.locator('button', { hasText: '提交核验' }).click()
  await expect(form.locator('.field-error')).toContainText('校验位')
  await form.locator('.code').fill('')
  await user.locator('button', { hasText: '提交核验' }).click()
  await expect(form).toContainText(HERE)
  await user.getByLabel('以上都不是').check()
  await user.locator('button', { hasText: '提交核验' }).click()
  await expect(user.locator('h1')).toContainText(SPELLING)
  await expect(user.locator('main')).toContainText('园区正在核验')
  const proposed = user.url()

  await staff.goto('/staff/organisations')
  const row = staff.locator('li', { hasText: SPELLING }).first()
  await expect(row).toContainText(HERE)
  expect(await seriousProblems(staff)).toEqual([])
  await row.locator('button', { hasText: '通过核验' }).click()
  await expect(staff.locator('main')).not.toContainText(SPELLING)

  await admin.goto('/staff/organisations?view=doubles')
  await admin.locator('li', { hasText: SPELLING }).locator('button').last().click()
  const dialog = admin.getByRole('dialog')
  await expect(dialog).toContainText('成员')
  expect(await seriousProblems(admin)).toEqual([])
  await dialog.getByRole('checkbox').check()
  await dialog.locator('button', { hasText: '合并单位' }).click()
  await expect(admin.locator('main')).not.toContainText(SPELLING)

  // The old address leads to what it became, which remembers the other name.
  const visitor = await openAs(browser, {})
  await visitor.goto(proposed)
  await expect(visitor.locator('h1')).toContainText(HERE)
  await expect(visitor.locator('main')).toContainText(SPELLING)
  expect(visitor.url()).not.toBe(proposed)
  expect(errors).toEqual([[], [], []])
})

test('a station collects a need in the name of a firm', async ({ browser }) => {
  const page = await openAs(browser, { username: STATION })
  const errors = watchErrors(page)
  await page.goto('/organisations/mine')
  await page.locator('a[href^="/stations/"]').first().click()
  await page.locator('button', { hasText: '为企业收集' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('searchbox').fill('东楚')
  await dialog.locator('button', { hasText: '搜索' }).click()
  const firms = dialog.locator('select').first()
  await expect(firms.locator('option')).toHaveCount(2)
  await firms.selectOption({ index: 1 })
  await dialog.getByLabel('标题').fill('示例·联络站代为登记的需求')
  await dialog.locator('button', { hasText: '开始填写' }).click()
  await expect(page).toHaveURL(/\/needs\/.+\/edit$/)
  await page.goto(page.url().replace(/\/edit$/, ''))
  await expect(page.locator('main')).toContainText(/由示例·.+收集/)
  expect(errors).toEqual([])
})
