/** Files on a need: handed in by keyboard and by hand, described, deleted, brought back, read. */
import { expect, test } from '@playwright/test'
import { FIRM, openAs, settle, watchErrors } from './site.ts'

const PDF = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n')
// The smallest PNG: one pixel.
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

test('a firm adds files to a draft, and each refusal says why', async ({ browser }) => {
  const page = await openAs(browser, { username: FIRM })
  const errors = watchErrors(page)
  await page.goto('/needs/new')
  await settle(page)
  const organisation = page.locator('#organisation')
  if ((await organisation.inputValue()) === '') await organisation.selectOption({ index: 1 })

  // A new entry is saved so that the file has something to belong to.
  const editor = page.getByTestId('attachments-editor')
  const input = editor.locator('input[type=file]')
  await input.setInputFiles({ name: '检测报告.pdf', mimeType: 'application/pdf', buffer: PDF })
  await expect(editor.getByRole('link', { name: '检测报告.pdf' })).toBeVisible()
  await expect(page).toHaveURL(/\/needs\/[0-9a-f-]+\/edit$/)

  await input.setInputFiles([
    { name: 'photo.png', mimeType: 'image/png', buffer: PNG },
    { name: 'page.pdf', mimeType: 'application/pdf', buffer: Buffer.from('<html></html>') },
    { name: 'drawing.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('<svg/>') },
  ])
  await expect(editor.getByRole('link', { name: 'photo.png' }).first()).toBeVisible()
  await expect(editor.locator('.upload.failed')).toHaveCount(2)
  for (let left = 2; left > 0; left -= 1) {
    await editor.locator('.upload.failed button').last().click()
    await expect(editor.locator('.upload.failed')).toHaveCount(left - 1)
  }

  const caption = editor.locator('input.control-sm')
  await caption.fill('电解槽正面')
  await caption.press('Enter')
  await expect(editor.locator('img')).toHaveAttribute('alt', '电解槽正面')

  const paper = editor.locator('.file').filter({ hasText: '检测报告.pdf' })
  await paper.locator('button').focus()
  await page.keyboard.press('Enter')
  await page.locator('.el-message-box button.el-button--primary').click()
  await expect(paper).toHaveCount(0)
  await editor.locator('.deleted button').click()
  await expect(paper).toHaveCount(1)
  await paper.locator('select').selectOption('private')

  await page.goto(page.url().replace(/\/edit$/, ''))
  const shown = page.getByTestId('attachments')
  await expect(shown.locator('img')).toHaveAttribute('alt', '电解槽正面')
  const download = page.waitForEvent('download')
  await shown.getByRole('link', { name: /检测报告/ }).click()
  expect((await download).suggestedFilename()).toBe('检测报告.pdf')
  expect(errors).toEqual([])
})
