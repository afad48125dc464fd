/** Pictures of every page for people to look at: `SCREENS_DIR=… npm run screens`. Asserts nothing. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from '@playwright/test'
import { allPlaces } from './places.ts'
import { openAs, settle } from './site.ts'

const folder = process.env.SCREENS_DIR
const wanted = process.env.SCREENS_ONLY?.split(',')

for (const language of ['zh-CN', 'en'] as const) {
  for (const width of [1280, 360]) {
    test(`screens ${language} ${String(width)}`, async ({ browser, request }) => {
      test.setTimeout(300_000)
      if (!folder) throw new Error('SCREENS_DIR must name the folder for the pictures.')
      mkdirSync(folder, { recursive: true })
      for (const { name, path, username } of await allPlaces(browser, request)) {
        if (wanted && !wanted.includes(name)) continue
        const page = await openAs(browser, { username, language, width })
        await page.goto(path)
        await settle(page)
        const file = join(folder, `${name}-${language}-${String(width)}.png`)
        await page.screenshot({ path: file, fullPage: true })
        await page.context().close()
      }
    })
  }
}
