/** A capability is written, refused while it lacks something, handed in, published, and closed. */
import { expect, test } from '@playwright/test'
import { seriousProblems } from './axe.ts'
import { FIRM, openAs, STAFF, watchErrors } from './site.ts'

test('a capability goes from an empty form to the list, and is closed with a reason', async ({
  browser,
}) => {
  const firm = await openAs(browser, { username: FIRM })
  const errors = watchErrors(firm)
  const title = '铸件砂眼在线成像筛查'

  await test.step('what is missing is told and the focus goes there', async () => {
    await firm.goto('/capabilities/new')
    await firm.locator('#organisation').selectOption({ index: 1 })
    await firm.locator('#field-title').fill(title)
    await expect(firm.getByTestId('save-state')).toHaveClass(/saved/)
    await firm.locator('.bar button[type=submit]').click()
    await expect(firm.locator('.field-error').first()).toBeVisible()
    await expect(firm.locator('#field-kind')).toBeFocused()
    expect(await seriousProblems(firm)).toEqual([])
  })

  await test.step('the rest is filled in, evidence included', async () => {
    await firm.locator('#field-kind').selectOption('technology')
    await firm.locator('#field-chain').selectOption('precision_casting')
    await firm.locator('#field-maturity').selectOption('7')
    await firm.locator('#field-description').fill('以多光谱成像判断铸件表面砂眼，两秒一件。')
    await firm.locator('#field-indicators-box .editor > button').click()
    const line = firm.locator('#field-indicators-box .line')
    await line.locator('.name').fill('漏检率')
    await line.locator('.comparator').selectOption('le')
    await line.locator('input[type=number]').fill('0.5')
    await line.locator('.unit').fill('%')
    await line.locator('.text').last().fill('第三方检测报告')
    await firm.locator('#field-capacity_now').fill('每年二十套')
    await firm.locator('#field-valid_until').fill('2199-12-31')
    await firm.locator('.bar button[type=submit]').click()
    await expect(firm).toHaveURL(/\/capabilities\/[0-9a-f-]{36}$/)
    await expect(firm.locator('.head .status.submitted')).toBeVisible()
  })
  const path = new URL(firm.url()).pathname
  const id = path.split('/').at(-1) ?? ''

  await test.step('staff publish it, and a visitor finds it in the list', async () => {
    const staff = await openAs(browser, { username: STAFF })
    await staff.goto(`/review/capability/${id}`)
    await staff.locator('.decision button', { hasText: '发布' }).click()
    await expect(staff).toHaveURL(new RegExp(`${path}$`))
    const visitor = await openAs(browser, { width: 360 })
    await visitor.goto(`/capabilities?q=${encodeURIComponent(title)}`)
    await visitor.locator(`a[href="${path}"]`).click()
    await expect(visitor.locator('h1')).toHaveText(title)
    await expect(visitor.locator('main')).toContainText('漏检率')
  })

  await test.step('the dialog for closing can be left and used by keyboard', async () => {
    await firm.goto(path)
    const opener = firm.locator('.head button', { hasText: '关闭' })
    await opener.focus()
    await firm.keyboard.press('Enter')
    const dialog = firm.locator('[role=dialog]')
    await expect(dialog).toBeVisible()
    expect(await seriousProblems(firm)).toEqual([])
    await firm.keyboard.press('Escape')
    await expect(dialog).toBeHidden()
    await expect(opener).toBeFocused()
    await firm.keyboard.press('Enter')
    await firm.locator('#close-reason').selectOption('other')
    await firm.locator('button[form=close-form]').click()
    // "Other" says nothing without a note.
    await expect(firm.locator('#close-note:invalid')).toBeFocused()
    await firm.keyboard.type('设备已整体转让')
    await firm.locator('button[form=close-form]').click()
    await expect(firm.locator('.head .status.closed')).toBeVisible()
    await expect(firm.locator('.notices')).toContainText('设备已整体转让')
  })
  expect(errors).toEqual([])
})
