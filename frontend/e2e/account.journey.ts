/** An account's life: signed up, proven by mail, guarded by a second factor, its password replaced. */
import { expect, test } from '@playwright/test'
import { seriousProblems } from './axe.ts'
import { codeOf, linkFor } from './mail.ts'
import { openAs, watchErrors } from './site.ts'

const PASSWORD = 'correct horse battery staple'
const NEW_PASSWORD = 'another horse, another staple'

test('from sign-up to a second step, and back in after a forgotten password', async ({
  browser,
}) => {
  test.setTimeout(180_000)
  const address = `wang-${String(Date.now())}@example.com`
  const page = await openAs(browser, {})
  const errors = watchErrors(page)
  const submit = page.locator('main form button[type=submit]')

  async function logIn(password: string): Promise<void> {
    await page.goto('/login')
    await page.locator('#username').fill(address)
    await page.locator('#password').fill(password)
    await submit.click()
  }

  await test.step('signing up says what is wrong, then asks to look at the mail', async () => {
    await page.goto('/sign-up')
    await page.locator('input[name=email]').fill(address)
    await page.locator('input[name=name]').fill('王工')
    await page.locator('input[autocomplete=new-password]').fill('12345678')
    await page.locator('input[name=privacy]').check()
    await submit.click()
    await expect(page.locator('.notice-error')).toBeFocused()
    await expect(page.locator('input[autocomplete=new-password]')).toHaveAttribute(
      'aria-invalid',
      'true',
    )
    expect(await seriousProblems(page)).toEqual([])
    await page.locator('input[autocomplete=new-password]').fill(PASSWORD)
    await submit.click()
    await expect(page.locator('main form')).toHaveCount(0)
    await expect(page.locator('main')).toContainText(address)
  })

  await test.step('before the address is proven the password opens nothing', async () => {
    await logIn(PASSWORD)
    await expect(page.locator('main form')).toHaveCount(0)
    await expect(page.locator('[aria-controls=user-links]')).toHaveCount(0)
  })

  await test.step('the link of the mail proves the address, once', async () => {
    const path = await linkFor(address, 'verify-email')
    await page.goto(path)
    await submit.click()
    await expect(page.locator('main a[href="/login"]')).toBeVisible()
    await page.goto(path)
    await expect(page.locator('main form')).toHaveCount(0)
    await expect(page.locator('main a[href="/login"]')).toBeVisible()
  })

  let secret = ''
  await test.step('signed in, the second step is switched on', async () => {
    await logIn(PASSWORD)
    await expect(page.locator('[aria-controls=user-links]')).toContainText('王工')
    await page.goto('/account/two-step')
    await page.locator('main .card button').click()
    secret = (await page.locator('#totp-secret').textContent()) ?? ''
    await expect(page.locator('.scan img')).toBeVisible()
    expect(await seriousProblems(page)).toEqual([])
    await page.locator('input[name=code]').fill(codeOf(secret))
    await submit.click()
    await page.locator('#identity-password').fill(PASSWORD)
    expect(await seriousProblems(page)).toEqual([])
    await page.locator('button[form=identity-form]').click()
    await expect(page.locator('.codes li')).toHaveCount(10)
  })
  const recoveryCode = (await page.locator('.codes li').first().textContent())?.trim() ?? ''

  await test.step('the list of sessions names this one', async () => {
    await page.goto('/account/sessions')
    await expect(page.locator('.session .this')).toHaveCount(1)
  })

  await test.step('after signing out the password alone is half the way', async () => {
    await page.locator('[aria-controls=user-links]').click()
    await page.locator('#user-links button').click()
    await expect(page.locator('[aria-controls=user-links]')).toHaveCount(0)
    await logIn(PASSWORD)
    await expect(page.locator('#code')).toBeFocused()
    await page.locator('#code').fill('000000')
    await submit.click()
    await expect(page.locator('.notice-error')).toBeFocused()
    await page.locator('#code').fill(codeOf(secret, 1))
    await submit.click()
    await expect(page.locator('[aria-controls=user-links]')).toBeVisible()
  })

  await test.step('a forgotten password is replaced by a link that works once', async () => {
    await page.locator('[aria-controls=user-links]').click()
    await page.locator('#user-links button').click()
    await expect(page.locator('[aria-controls=user-links]')).toHaveCount(0)
    await page.goto('/forgot-password')
    await page.locator('input[name=email]').fill(address)
    await submit.click()
    const path = await linkFor(address, 'reset-password')
    await page.goto(path)
    await page.locator('input[autocomplete=new-password]').fill(NEW_PASSWORD)
    await submit.click()
    await expect(page.locator('main a[href="/login"]')).toBeVisible()
    await page.goto(path)
    await expect(page.locator('main a[href="/forgot-password"]')).toBeVisible()
    await logIn(NEW_PASSWORD)
    await page.locator('#code').fill(recoveryCode)
    await submit.click()
    await expect(page.locator('[aria-controls=user-links]')).toBeVisible()
  })
  expect(errors).toEqual([])
})
