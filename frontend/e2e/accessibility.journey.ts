/** Every page, in both languages, wide and on a phone: nothing serious for axe, no error, no overflow. */
import { expect, type Page, test } from '@playwright/test'
import { seriousProblems } from './axe.ts'
import { allPlaces } from './places.ts'
import { type Language, openAs, settle, watchErrors } from './site.ts'

const LANGUAGES: Language[] = ['zh-CN', 'en']
const SIZES = [
  { width: 1280, height: 860 },
  { width: 360, height: 740 },
]

for (const language of LANGUAGES) {
  test(`every page is accessible and quiet in ${language}, wide and on a phone`, async ({
    browser,
    request,
  }) => {
    test.setTimeout(600_000)
    // One tab a reader: what a page needs is loaded once.
    const tabs = new Map<string, { page: Page; errors: string[] }>()
    for (const { name, path, username = '' } of await allPlaces(browser, request)) {
      await test.step(name, async () => {
        if (!tabs.has(username)) {
          const page = await openAs(browser, { username: username || undefined, language })
          tabs.set(username, { page, errors: watchErrors(page) })
        }
        const { page, errors } = tabs.get(username) as { page: Page; errors: string[] }
        await page.goto(path)
        await settle(page)
        await expect(page.locator('html')).toHaveAttribute('lang', language)
        for (const size of SIZES) {
          const where = `${name} at ${String(size.width)} px`
          await page.setViewportSize(size)
          expect.soft(await seriousProblems(page), `axe on ${where}`).toEqual([])
          const overflow = await page.evaluate(
            () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
          )
          expect.soft(overflow, `sideways scrolling on ${where}`).toBe(0)
        }
        expect.soft(errors.splice(0), `errors on ${name}`).toEqual([])
      })
    }
  })
}
