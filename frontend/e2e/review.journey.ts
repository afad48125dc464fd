/** Staff send a need back with advice, hold it, and publish it; its owner follows each step. */
import { expect, test } from '@playwright/test'
import { seriousProblems } from './axe.ts'
import { FIRM, openAs, STAFF, submittedNeed, watchErrors } from './site.ts'

const ADVICE = '请写明现在的碎米率和班产量'
const BETTER = '碾米后碎米率在四到九之间波动，班产三十吨，人工看样两小时一次。'
const HOLD = '等同批的另一条一起看'

test('a need comes back with advice at its fields, is held, and is published', async ({
  browser,
}) => {
  const firm = await openAs(browser, { username: FIRM })
  const staff = await openAs(browser, { username: STAFF, width: 360 })
  const errors = [watchErrors(firm), watchErrors(staff)]
  const id = await submittedNeed(firm, '碾米碎米率波动，想在线判断')

  await test.step('staff return it with an edit and a note', async () => {
    await staff.goto(`/review/need/${id}`)
    await staff.locator('.decision button', { hasText: '退回修改' }).click()
    const send = staff.locator('.decision button[type=submit]')
    await expect(send).toBeDisabled()
    await staff.locator('.decision select').selectOption('problem')
    await staff.locator('.decision .advice').fill(ADVICE)
    await staff.locator('#decision-note').fill('补充后再提交即可')
    expect(await seriousProblems(staff)).toEqual([])
    await send.click()
    await expect(staff.locator('.head .status.returned')).toBeVisible()
  })

  await test.step('its owner finds the advice on the page and at the field, and mends it', async () => {
    await firm.goto(`/needs/${id}`)
    await expect(firm.locator('.notices')).toContainText(ADVICE)
    await firm.locator(`.head a[href="/needs/${id}/edit"]`).click()
    await expect(firm.locator('#field-problem-box')).toContainText(ADVICE)
    expect(await seriousProblems(firm)).toEqual([])
    await firm.locator('#field-problem').fill(BETTER)
    await firm.locator('.bar button[type=submit]').click()
    await expect(firm.locator('.head .status.submitted')).toBeVisible()
    await expect(firm.locator('main')).toContainText(BETTER)
  })

  await test.step('staff hold it, with a reason that its owner reads in the record', async () => {
    await staff.goto('/review')
    await staff.locator(`a[href="/review/need/${id}"]`).click()
    await staff.locator('.decision button', { hasText: '暂缓' }).click()
    // A hold without a reason is not sent.
    await staff.locator('.decision button[type=submit]').click()
    await expect(staff.locator('#decision-note:invalid')).toBeFocused()
    await staff.locator('#decision-note').fill(HOLD)
    await staff.locator('.decision button[type=submit]').click()
    await expect(staff.locator('.head .status.held')).toBeVisible()
    await firm.goto(`/needs/${id}?view=history`)
    await expect(firm.locator('.head .status.held')).toBeVisible()
    await expect(firm.locator('main')).toContainText(HOLD)
  })

  await test.step('and publish it from there', async () => {
    await staff.locator('.decision button', { hasText: '发布' }).click()
    await expect(staff).toHaveURL(new RegExp(`/needs/${id}$`))
    await expect(staff.locator('.head .status.published')).toBeVisible()
  })
  expect(errors).toEqual([[], []])
})
