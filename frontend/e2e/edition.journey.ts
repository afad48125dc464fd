/** Staff close a round, freeze it, order it and issue it; a visitor downloads what was printed. */
import { readFileSync } from 'node:fs'
import { expect, type Page, test } from '@playwright/test'
import { seriousProblems } from './axe.ts'
import { openAs, STAFF, watchErrors } from './site.ts'

/** Answers the question that stands before a step which cannot be taken back. */
async function confirm(page: Page): Promise<void> {
  await page.locator('.el-message-box__btns .el-button--primary').click()
  await expect(page.locator('.el-message-box')).toBeHidden()
}

async function saved(page: Page, button: string): Promise<Buffer> {
  const coming = page.waitForEvent('download')
  await page.getByTestId(button).first().click()
  const download = await coming
  expect(download.suggestedFilename()).toMatch(/^第.批.+\d{4}-\d{2}-\d{2}\.(pdf|xlsx)$/)
  return readFileSync(await download.path())
}

test('what is published is frozen, ordered, issued, downloaded and compared', async ({
  browser,
}) => {
  const staff = await openAs(browser, { username: STAFF })
  const errors = [watchErrors(staff)]
  await staff.goto('/editions')
  await staff.locator('.page-head .el-button--primary').click()
  await confirm(staff)
  await expect(staff).toHaveURL(/\/editions\/[0-9a-f-]{36}$/)

  const rows = staff.locator('section ol.entries > li')
  const second = await rows.nth(1).locator('strong').innerText()
  await rows.nth(1).locator('[data-move=up]').focus()
  await staff.keyboard.press('Enter')
  await expect(rows.first().locator('strong')).toHaveText(second)
  await rows.nth(2).locator('.el-button').click()
  await staff.getByTestId('save-order').click()
  await expect(staff.getByTestId('save-order')).toBeHidden()
  await expect(rows.first().locator('strong')).toHaveText(second)
  expect(await seriousProblems(staff)).toEqual([])

  const visitor = await openAs(browser, {})
  errors.push(watchErrors(visitor))
  const address = staff.url()
  await visitor.goto(address)
  await expect(visitor.locator('main')).toContainText('没有找到')

  await staff.getByTestId('issue').click()
  await confirm(staff)
  await expect(staff.locator('h1')).toContainText('第二批')
  await expect(staff.getByTestId('issue')).toBeHidden()

  await visitor.goto('/editions')
  await visitor.locator('h2 a', { hasText: '第二批' }).click()
  await expect(visitor.locator('h1')).toContainText('第二批')
  await expect(visitor.getByTestId('edition-entry').first()).toContainText(second)
  // A worker prints it meanwhile; the page tells when it is there.
  await expect(visitor.getByTestId('download-pdf')).toBeVisible({ timeout: 60_000 })
  await expect(visitor.getByTestId('download-xlsx')).toBeVisible({ timeout: 60_000 })
  expect((await saved(visitor, 'download-pdf')).subarray(0, 5).toString()).toBe('%PDF-')
  expect((await saved(visitor, 'download-xlsx')).subarray(0, 2).toString()).toBe('PK')

  await visitor.locator('#other-edition').selectOption({ index: 1 })
  await visitor.locator('.use form button').click()
  await expect(visitor).toHaveURL(/\/comparison\//)
  await expect(visitor.locator('article').first()).toBeVisible()
  expect(await seriousProblems(visitor)).toEqual([])
  expect(errors).toEqual([[], []])
})

test('the first page names the open round, and its button leads to a need that counts', async ({
  browser,
}) => {
  const visitor = await openAs(browser, {})
  await visitor.goto('/')
  const notice = visitor.getByTestId('open-round').first()
  await expect(notice).toContainText('截止')
  await expect(notice.locator('a.post')).toHaveAttribute('href', /\/needs\/new\?round=/)
})

test('a list is taken along with the filters that the page shows', async ({ browser }) => {
  const page = await openAs(browser, {})
  await page.goto('/needs?q=%E9%93%9C')
  const coming = page.waitForEvent('download')
  await page.getByTestId('export-csv').click()
  const text = readFileSync(await (await coming).path(), 'utf8')
  expect(text.startsWith('\ufeff"技术需求名称"')).toBe(true)
  const listed = await page.request.get('/api/v1/needs?q=%E9%93%9C&limit=100')
  const { items } = (await listed.json()) as { items: { title: string }[] }
  for (const { title } of items) expect(text).toContain(title)
})
