/** The mouse is not needed: skip link, login, search and the calendar by keyboard alone. */
import { expect, type Page, test } from '@playwright/test'
import { FIRM, loginOf, openAs, settle } from './site.ts'

/** Tabs on until the element has the focus; fails when it is out of reach. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    const isThere = await page.evaluate(
      (wanted) => document.activeElement?.matches(wanted) ?? false,
      selector,
    )
    if (isThere) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`The keyboard does not reach ${selector}.`)
}

test('signing in, also after a wrong password', async ({ browser }) => {
  const page = await openAs(browser, {})
  await page.goto('/login')
  // Before the page is there a key goes nowhere.
  await settle(page)
  await page.keyboard.press('Tab')
  await expect(page.locator('.skip')).toBeFocused()
  await page.keyboard.press('Enter')
  await tabTo(page, '#username')
  await page.keyboard.type(FIRM)
  await page.keyboard.press('Tab')
  await page.keyboard.type('not the password')
  await page.keyboard.press('Enter')
  await expect(page.locator('.notice-error')).toBeFocused()
  await tabTo(page, '#password')
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.type(loginOf(FIRM).password)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/$/)
  await expect(page.locator('[aria-controls=user-links]')).toBeVisible()
})

test('searching and opening a result', async ({ browser }) => {
  const page = await openAs(browser, {})
  await page.goto('/')
  await settle(page)
  await tabTo(page, '.hero input[type=search]')
  await page.keyboard.type('怎样减少铸件废品')
  await page.keyboard.press('Enter')
  await expect(page.locator('.hits li').first()).toBeVisible()
  await tabTo(page, '.hits a')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/(needs|capabilities|instruments|people)\/[0-9a-f-]{36}$/)
})

test('moving in the calendar with the arrow keys', async ({ browser, request }) => {
  const list = (await (await request.get('/api/v1/instruments')).json()) as {
    items: { id: string }[]
  }
  const page = await openAs(browser, { username: FIRM })
  await page.goto(`/instruments/${list.items[0]?.id ?? ''}`)
  await expect(page.locator('table[role=grid]')).toBeVisible()
  await tabTo(page, '.cell[data-cell="0-0"]')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowRight')
  await expect(page.locator('.cell[data-cell="1-1"]')).toBeFocused()
})

test('booking in a dialog that keeps the focus and gives it back', async ({ browser, request }) => {
  const list = (await (await request.get('/api/v1/instruments')).json()) as {
    items: { id: string }[]
  }
  const page = await openAs(browser, { username: FIRM })
  await page.goto(`/instruments/${list.items[0]?.id ?? ''}`)
  const grid = page.locator('table[role=grid]')
  await expect(grid).toBeVisible()
  const first = await grid.locator('.cell').first().getAttribute('data-starts-at')
  await page.locator('.calendar .head button').last().press('Enter')
  await expect(grid.locator('.cell').first()).not.toHaveAttribute('data-starts-at', first ?? '')
  const slot = grid.locator('.cell[data-state=free]').last()
  await slot.focus()
  await page.keyboard.press('Enter')
  const dialog = page.locator('[role=dialog]')
  await expect(dialog).toBeVisible()
  for (let presses = 0; presses < 8; presses += 1) {
    await page.keyboard.press('Tab')
    expect(await dialog.evaluate((box) => box.contains(document.activeElement))).toBe(true)
  }
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await expect(slot).toBeFocused()
})
