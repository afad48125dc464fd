/** An instrument and a talent card are registered, shown, and found by others. */
import { expect, test } from '@playwright/test'
import { seriousProblems } from './axe.ts'
import { FIRM, openAs, watchErrors } from './site.ts'

test('an instrument is registered, opened for sharing, and its week shown to a visitor', async ({
  browser,
}) => {
  const firm = await openAs(browser, { username: FIRM })
  const errors = watchErrors(firm)
  await firm.goto('/instruments/new')
  await firm.getByLabel('单位').selectOption({ index: 1 })
  await firm.getByLabel('名称').first().fill('示例火花直读光谱仪')
  await firm.getByLabel('型号').fill('SP-300')
  await firm.getByLabel('位置').fill('理化室一楼')
  await firm.getByLabel('价格（元/小时）').fill('180')
  await firm.locator('input[type=checkbox][value="1"]').check()
  await firm.locator('fieldset button', { hasText: '添加' }).click()
  await firm.locator('.line .name').first().fill('碳含量')
  expect(await seriousProblems(firm)).toEqual([])
  await firm.locator('form button[type=submit]').click()
  await expect(firm).toHaveURL(/\/instruments\/[0-9a-f-]{36}$/)
  await expect(firm.locator('.head .status.draft')).toBeVisible()
  const path = new URL(firm.url()).pathname

  const visitor = await openAs(browser, { width: 360 })
  expect((await visitor.request.get(`/api/v1${path}`)).status()).toBe(404)
  await test.step('what sharing still needs is named, and filled in', async () => {
    await firm.locator('.head button', { hasText: '开放共享' }).click()
    await expect(firm.locator('.el-message')).toContainText('用途与说明')
    await expect(firm.locator('.el-message')).toContainText('服务方式')
    expect(await seriousProblems(firm)).toEqual([])
    await firm.locator(`.head a[href="${path}/edit"]`).click()
    await firm.getByLabel('用途与说明').fill('铸铁与钢的成分快速分析。')
    await firm.getByLabel('服务方式').selectOption({ index: 1 })
    await firm.locator('form button[type=submit]').click()
    await expect(firm).toHaveURL(new RegExp(`${path}$`))
    await firm.locator('.head button', { hasText: '开放共享' }).click()
    await expect(firm.locator('table[role=grid]')).toBeVisible()
  })
  await visitor.goto(path)
  await expect(visitor.locator('h1')).toHaveText('示例火花直读光谱仪')
  await expect(visitor.locator('table[role=grid]')).toBeVisible()
  await expect(visitor.locator('main')).toContainText('碳含量')
  expect(errors).toEqual([])
})

test('a talent card is recorded and shown without its name and telephone number', async ({
  browser,
}) => {
  const firm = await openAs(browser, { username: FIRM })
  const errors = watchErrors(firm)
  await firm.goto('/people/new')
  await firm.getByLabel('姓名').fill('示例欧阳建国')
  await firm.getByLabel('一句话介绍').fill('二十年铸造工艺，会看砂型')
  await firm.getByLabel('联系电话').fill('13900005678')
  await firm.locator('fieldset button', { hasText: '添加' }).click()
  await firm.locator('.skill input').first().fill('砂型工艺设计')
  expect(await seriousProblems(firm)).toEqual([])
  await firm.locator('form button[type=submit]').click()
  await expect(firm).toHaveURL(/\/people\/[0-9a-f-]{36}$/)
  await expect(firm.locator('main')).toContainText('13900005678')
  const path = new URL(firm.url()).pathname

  await firm.locator('.head button', { hasText: '公开' }).click()
  const visitor = await openAs(browser, { width: 360 })
  await expect.poll(async () => (await visitor.request.get(`/api/v1${path}`)).status()).toBe(200)
  await visitor.goto(path)
  await expect(visitor.locator('main')).toContainText('砂型工艺设计')
  await expect(visitor.locator('main')).not.toContainText('欧阳建国')
  await expect(visitor.locator('main')).not.toContainText('13900005678')
  expect(errors).toEqual([])
})
