/** Beyond the pair: similar entries and what if while writing, the kit of a need, the gap map. */
import { expect, type Page, test } from '@playwright/test'
import { seriousProblems } from './axe.ts'
import { FIRM, openAs, OTHER_FIRM, STAFF, watchErrors } from './site.ts'

const HEADLINE = '6N 高纯铜电解精炼的银硫深度脱除'
const PROBLEM = '5N 阴极铜往 6N 走时，银跟铜一起析出，硫退火时鼓泡，批次之间波动大。'

async function found(page: Page, words: string): Promise<{ title: string }[]> {
  const answer = await page.request.get(
    `/api/v1/search?kind=need&kind=capability&limit=50&q=${encodeURIComponent(words)}`,
  )
  return ((await answer.json()) as { items: { title: string }[] }).items
}

test('an author is warned of a similar need and told what another value would change', async ({
  browser,
}) => {
  test.setTimeout(180_000)
  const page = await openAs(browser, { username: OTHER_FIRM })
  const errors = watchErrors(page)
  // On a site that has just begun the demonstration's entries may still be on their way.
  await expect
    .poll(
      async () => {
        const titles = (await found(page, HEADLINE)).map((one) => one.title)
        return [/^6N /, /^超纯阴极铜/].every((wanted) => titles.some((one) => wanted.test(one)))
      },
      { timeout: 120_000 },
    )
    .toBe(true)
  await page.goto('/needs/new')
  await page.locator('#field-title').fill(HEADLINE)
  await page.locator('#field-problem').fill(PROBLEM)
  const similar = page.getByTestId('similar')
  await expect(similar.locator('.list a').first()).toBeVisible({ timeout: 30_000 })
  await expect(page.locator('.bar .jump').first()).toBeVisible()

  await page.locator('#field-indicators-box .editor > button').click()
  const line = page.locator('#field-indicators-box .line')
  await line.locator('.name').fill('银含量')
  await line.locator('.comparator').selectOption('le')
  await line.locator('input[type=number]').fill('0.01')
  await line.locator('.unit').fill('ppm')
  const step = page.getByTestId('what-if').locator('.steps li').first()
  await expect(step).toBeVisible({ timeout: 30_000 })
  expect(await seriousProblems(page)).toEqual([])
  await step.locator('button').click()
  await expect(line.locator('input[type=number]')).not.toHaveValue('0.01')
  await expect(page.getByTestId('what-if').locator('.count.none')).toHaveCount(0)
  expect(errors).toEqual([])
})

test('a need shows its kit and its consortium, and the kit can be taken along', async ({
  browser,
}) => {
  const page = await openAs(browser, { username: FIRM })
  const errors = watchErrors(page)
  const query = encodeURIComponent('冶炼高盐废水')
  const answer = await page.request.get(`/api/v1/needs?q=${query}&limit=1`)
  const { items } = (await answer.json()) as { items: { id: string }[] }
  await page.goto(`/needs/${items[0]?.id ?? ''}`)
  await page.locator('nav.tabs a', { hasText: '要素配齐' }).click()
  await expect(page.getByTestId('kit').locator('.parts > li').first()).toBeVisible()
  await expect(page.getByTestId('consortium').locator('.verdict')).toBeVisible()
  expect(await seriousProblems(page)).toEqual([])
  const download = page.waitForEvent('download')
  await page.getByTestId('export-xlsx').click()
  expect((await download).suggestedFilename()).toMatch(/\.xlsx$/)
  expect(errors).toEqual([])
})

test('staff make a gap map, and nobody else sees it', async ({ browser }) => {
  test.setTimeout(120_000)
  const staff = await openAs(browser, { username: STAFF })
  const errors = watchErrors(staff)
  await staff.goto('/gap-map')
  await staff.getByTestId('renew').click()
  await expect(staff.locator('.overview canvas')).toBeVisible({ timeout: 60_000 })
  await expect(staff.locator('.overview tbody tr').first()).toBeVisible()
  await expect(staff.locator('.cluster').first()).toBeVisible()
  expect(await seriousProblems(staff)).toEqual([])
  await staff.locator('.overview tbody a').first().click()
  await expect(staff).toHaveURL(/chain=/)
  await expect(staff.locator('details.chain')).toHaveCount(1)
  expect(errors).toEqual([])

  const firm = await openAs(browser, { username: FIRM })
  await firm.goto('/gap-map')
  await expect(firm.locator('.overview')).toHaveCount(0)
  expect((await firm.request.get('/api/v1/gap-map')).status()).toBe(403)
})
