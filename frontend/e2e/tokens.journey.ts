/** A token is made, used by another system within its scope, and revoked by keyboard. */
import { expect, request, test } from '@playwright/test'
import { seriousProblems } from './axe.ts'
import { FIRM, openAs, watchErrors } from './site.ts'

test('a token reads for its owner, writes nothing, and ends when it is revoked', async ({
  browser,
  baseURL,
}) => {
  const firm = await openAs(browser, { username: FIRM, width: 360 })
  const errors = watchErrors(firm)
  const name = `接口 ${String(Date.now())}`
  await firm.goto('/tokens')
  await firm.locator('form input').first().fill(name)
  await firm.locator('form button[type=submit]').click()
  const secret = (await firm.locator('code.secret').textContent()) ?? ''
  expect(secret).toMatch(/^cuohe_/)
  expect(await seriousProblems(firm)).toEqual([])
  const row = firm.locator('.token', { hasText: name })
  await expect(row).toBeVisible()

  const system = await request.newContext({
    baseURL,
    extraHTTPHeaders: { Authorization: `Bearer ${secret}` },
  })
  await test.step('another system reads with it and may not write', async () => {
    const mine = await system.get('/api/v1/needs?mine=true&limit=1')
    expect(mine.status()).toBe(200)
    const written = await system.post('/api/v1/needs', { data: {} })
    expect(written.status()).toBe(403)
    expect(await written.json()).toMatchObject({ code: 'not_allowed' })
  })

  await test.step('the secret is shown once, the use is noted', async () => {
    await firm.reload()
    await expect(row).toBeVisible()
    await expect(firm.locator('code.secret')).toHaveCount(0)
    await expect(row).not.toContainText('未使用过')
  })

  await test.step('revoking asks first, and Escape means no', async () => {
    const button = row.locator('button')
    await button.focus()
    await firm.keyboard.press('Enter')
    const question = firm.locator('[role=dialog]')
    await expect(question).toBeVisible()
    await firm.keyboard.press('Escape')
    await expect(question).toBeHidden()
    expect((await system.get('/api/v1/needs?limit=1')).status()).toBe(200)
    await expect(button).toBeFocused()
    await firm.keyboard.press('Enter')
    await question.locator('.el-button--primary').click()
    await expect(row).toBeHidden()
    expect((await system.get('/api/v1/needs?limit=1')).status()).toBe(401)
  })
  await system.dispose()
  expect(errors).toEqual([])
})
