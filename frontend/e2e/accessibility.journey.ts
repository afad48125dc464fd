/** Every page, in both languages and on a phone: nothing serious for axe, no error, no overflow. */
import { expect, test } from '@playwright/test'
import { seriousProblems } from './axe.ts'
import { allPlaces } from './places.ts'
import { type Language, openAs, settle, watchErrors } from './site.ts'

const VIEWS: { language: Language; width: number }[] = [
  { language: 'zh-CN', width: 1280 },
  { language: 'en', width: 1280 },
  { language: 'zh-CN', width: 360 },
  { language: 'en', width: 360 },
]

for (const { language, width } of VIEWS) {
  test(`every page is accessible and quiet in ${language} at ${String(width)} px`, async ({
    browser,
    request,
  }) => {
    test.setTimeout(300_000)
    for (const { name, path, username } of await allPlaces(browser, request)) {
      await test.step(name, async () => {
        const page = await openAs(browser, { username, language, width })
        const errors = watchErrors(page)
        await page.goto(path)
        await settle(page)
        await expect(page.locator('html')).toHaveAttribute('lang', language)
        expect.soft(await seriousProblems(page), `axe on ${name}`).toEqual([])
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        )
        expect.soft(overflow, `sideways scrolling on ${name}`).toBe(0)
        expect.soft(errors, `errors on ${name}`).toEqual([])
        await page.context().close()
      })
    }
  })
}
