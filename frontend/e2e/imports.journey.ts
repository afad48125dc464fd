/** A list from the file to published entries, and a file that is turned away. */
import { expect, type Page, test } from '@playwright/test'
import { seriousProblems } from './axe.ts'
import { openAs, settle, STAFF, watchErrors } from './site.ts'

const shots = process.env.SHOTS_DIR

async function picture(page: Page, name: string): Promise<void> {
  if (shots) await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true })
}

function list(run: string): Buffer {
  return Buffer.from(
    [
      '编号,需求名称,拟解决的主要技术问题,资金投入（万元）,完成时限,领导批示',
      `${run}-1,示例：电解液在线脱砷 ${run},砷含量波动，人工取样滞后。,50-120,2099年12月31日,同意`,
      `${run}-2,示例：阴极铜表面缺陷识别 ${run},漏检率高。,面议,2099年,`,
      `${run}-3,示例：日期写错的一行 ${run},说明。,30,2099年2月31日,`,
    ].join('\n'),
  )
}

async function choose(page: Page, name: string, buffer: Buffer): Promise<void> {
  await page.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/csv', buffer })
}

test('staff import a list, see a bad row, and publish the rest', async ({ browser }) => {
  const run = String(Date.now())
  const page = await openAs(browser, { username: STAFF })
  const errors = watchErrors(page)
  await page.goto('/imports')
  await settle(page)
  await picture(page, 'imports')
  await page.locator('select').last().selectOption({ index: 1 })
  await choose(page, '需求清单.csv', list(run))
  await page.locator('form button[type=submit]').click()
  await expect(page).toHaveURL(/\/imports\/[0-9a-f-]{36}$/)
  // The column that nobody knows comes first and waits for a decision.
  await expect(page.locator('.column').first()).toContainText('领导批示')
  expect(await seriousProblems(page)).toEqual([])
  await picture(page, 'columns')
  await page.locator('.column select').first().selectOption('problem')
  await page.locator('form button[type=submit]').click()
  await expect(page.locator('.rows tbody tr')).toHaveCount(1)
  await expect(page.locator('.rows tbody')).toContainText('完成时限')
  expect(await seriousProblems(page)).toEqual([])
  await picture(page, 'preview')
  await page.locator('form button[type=submit]').click()
  await page.locator('.el-message-box__btns .el-button--primary').click()
  await expect(page.locator('.counts .created')).toContainText('2')
  await picture(page, 'result')
  await page.getByRole('button', { name: '发布这批条目' }).click()
  await page.locator('.el-message-box__btns .el-button--primary').click()
  await expect(page.locator('.counts .published')).toContainText('2')
  await page.goto(`/needs?q=${run}`)
  await expect(page.locator('main article, main .card').first()).toBeVisible()
  expect(errors).toEqual([])
  await page.context().close()
})

test('a workbook with a password is turned away with its reason', async ({ browser }) => {
  const page = await openAs(browser, { username: STAFF })
  await page.goto('/imports')
  await settle(page)
  const ole = Buffer.concat([
    Buffer.from('d0cf11e0a1b11ae1', 'hex'),
    Buffer.alloc(504),
    Buffer.from('EncryptedPackage', 'utf16le'),
    Buffer.alloc(1000),
  ])
  await choose(page, '加密.xlsx', ole)
  await page.locator('form button[type=submit]').click()
  await expect(page.locator('.drop + .field-error')).toBeVisible()
  await picture(page, 'refused')
  await expect(page).toHaveURL(/\/imports$/)
  await page.context().close()
})
