/** Two firms want one slot: the first gets it, the second is offered others and takes one. */
import { expect, type Page, test } from '@playwright/test'
import { seriousProblems } from './axe.ts'
import { FIRM, openAs, OTHER_FIRM, watchErrors } from './site.ts'

async function openNextWeek(page: Page, path: string): Promise<void> {
  await page.goto(path)
  const grid = page.locator('table[role=grid]')
  await expect(grid).toBeVisible()
  const first = await grid.locator('.cell').first().getAttribute('data-starts-at')
  await page.locator('.calendar .head button').last().click()
  await expect(grid.locator('.cell').first()).not.toHaveAttribute('data-starts-at', first ?? '')
}

test('a firm books an instrument, a second one is refused that slot and takes another', async ({
  browser,
  request,
}) => {
  const list = (await (await request.get('/api/v1/instruments')).json()) as {
    items: { id: string }[]
  }
  const path = `/instruments/${list.items[0]?.id ?? ''}`
  const [one, other] = [
    await openAs(browser, { username: FIRM }),
    await openAs(browser, { username: OTHER_FIRM }),
  ]
  const errors = [watchErrors(one), watchErrors(other)]
  await openNextWeek(one, path)
  await openNextWeek(other, path)

  const slot = one.locator('.cell[data-state=free]').first()
  const startsAt = (await slot.getAttribute('data-starts-at')) ?? ''
  const cell = `.cell[data-starts-at="${startsAt}"]`

  await test.step('the first books it', async () => {
    await one.locator(cell).click()
    await expect(one.locator('#booking-form')).toBeVisible()
    await one.locator('#booking-purpose').fill('来料复检')
    expect(await seriousProblems(one)).toEqual([])
    await one.locator('button[form=booking-form]').click()
    await expect(one.locator(cell)).toHaveAttribute('data-state', 'own')
  })

  await test.step('the second still saw it free, is refused, and takes an offered slot', async () => {
    await expect(other.locator(cell)).toHaveAttribute('data-state', 'free')
    await other.locator(cell).click()
    await other.locator('button[form=booking-form]').click()
    await expect(other.getByTestId('slot-taken')).toBeVisible()
    await expect(other.getByTestId('offered-slot')).toHaveCount(3)
    expect(await seriousProblems(other)).toEqual([])
    await other.getByTestId('offered-slot').first().click()
    await expect(other.locator('#booking-form')).toBeHidden()
    await expect(other.locator(cell)).toHaveAttribute('data-state', 'booking')
    await expect(other.locator('.cell[data-state=own]').first()).toBeVisible()
  })

  await test.step('both find their bookings, and the first gives its slot back', async () => {
    await other.goto('/bookings')
    await expect(other.getByTestId('booking').first()).toBeVisible()
    await one.goto('/bookings')
    const booking = one.getByTestId('booking').filter({ hasText: '来料复检' }).first()
    await booking.locator('button').click()
    await one.locator('#cancel-reason').fill('样品未到')
    await one.locator('button[form=cancel-form]').click()
    await expect(booking.locator('.status.cancelled')).toBeVisible()
  })
  expect(errors.flat()).toEqual([])
})
