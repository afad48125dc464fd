/** An enterprise posts a need, staff publish it, suggestions appear, a visitor finds it by meaning. */
import { expect, test } from '@playwright/test'
import { seriousProblems } from './axe.ts'
import { FIRM, openAs, STAFF, watchErrors } from './site.ts'

const TITLE = '员工食堂备餐总估不准，想提前知道中午来多少人'
const PROBLEM =
  '三个食堂供应两千四百人，每餐倒掉两百多斤，周五和节前差得最远。刷卡记录存了四年，排班表和天气都能提供，希望早上九点给出当天份数。'
const INDICATOR = '份数误差'
// Says the same in other words.
const QUESTION = '餐厅吃饭客流量预测'

function pairs(text: string): Set<string> {
  const characters = Array.from(text.replace(/[^\p{L}\p{N}]/gu, ' '))
  return new Set(
    characters
      .map((character, at) => character + (characters[at + 1] ?? ' '))
      .filter((pair) => !pair.includes(' ')),
  )
}

test('a need is posted, published, matched, and found by a query without a word in common', async ({
  browser,
}) => {
  test.setTimeout(180_000)
  const written = pairs(`${TITLE} ${PROBLEM} ${INDICATOR}`)
  expect([...pairs(QUESTION)].filter((pair) => written.has(pair))).toEqual([])

  const firm = await openAs(browser, { username: FIRM })
  const firmErrors = watchErrors(firm)
  await test.step('the enterprise writes a draft, which saves itself, and submits it', async () => {
    await firm.goto('/needs/new')
    await firm.locator('#organisation').selectOption({ index: 1 })
    await firm.locator('#field-title').fill(TITLE)
    await expect(firm.getByTestId('save-state')).toHaveClass(/saved/)
    await expect(firm).toHaveURL(/\/needs\/[0-9a-f-]{36}\/edit$/)
    await firm.locator('#field-kind').selectOption('technology')
    await firm.locator('#field-chain').selectOption('grain_processing')
    await firm.locator('#field-problem').fill(PROBLEM)
    await firm.locator('#field-indicators-box .editor > button').click()
    const line = firm.locator('#field-indicators-box .line')
    await line.locator('.name').fill(INDICATOR)
    await line.locator('.comparator').selectOption('le')
    await line.locator('input[type=number]').fill('5')
    await line.locator('.unit').fill('%')
    await firm.locator('#field-budget-box input').last().fill('20')
    await firm.locator('#field-due_on').fill('2199-12-31')
    await firm.locator('#field-ip_stance').selectOption('negotiable')
    await firm.locator('#field-contact_name').fill('陈工')
    await firm.locator('#field-contact_phone').fill('0714-0000000')
    expect(await seriousProblems(firm)).toEqual([])
    await firm.locator('.bar button[type=submit]').click()
    await expect(firm).toHaveURL(/\/needs\/[0-9a-f-]{36}$/)
    await expect(firm.locator('.head .status.submitted')).toBeVisible()
  })

  const path = new URL(firm.url()).pathname
  const visitor = await openAs(browser, {})
  await test.step('a visitor does not see it yet', async () => {
    const answer = await visitor.request.get(`/api/v1${path}`)
    expect(answer.status()).toBe(404)
  })

  await test.step('staff find it in their queue and publish it', async () => {
    const staff = await openAs(browser, { username: STAFF })
    await staff.goto('/review')
    await staff.locator(`a[href="/review/need/${path.split('/').at(-1) ?? ''}"]`).click()
    await expect(staff.locator('.decision')).toBeVisible()
    expect(await seriousProblems(staff)).toEqual([])
    await staff.locator('.decision button').first().click()
    await expect(staff).toHaveURL(new RegExp(`${path}$`))
    await staff.context().close()
  })

  await test.step('its suggestions appear with reasons and agreeing sentences', async () => {
    await firm.goto(path)
    const first = firm.locator('.suggestion').first()
    await expect(first).toBeVisible({ timeout: 60_000 })
    await expect(first.locator('.reasons li').first()).toBeVisible()
    await expect(first.locator('mark').first()).toBeVisible()
  })

  await test.step('the matrix names what is open, and the one question is ready to send', async () => {
    const first = firm.locator('.suggestion').first()
    await expect(first.locator('.matrix')).toContainText(INDICATOR)
    await expect(firm.locator('main')).not.toContainText(/\d ?% ?(匹配|契合)/)
    expect(await seriousProblems(firm)).toEqual([])
  })

  await test.step('the enterprise says why a suggestion is no use, and takes it back', async () => {
    const feedback = firm.locator('.suggestion .feedback').first()
    await feedback.getByRole('button', { name: '没用' }).click()
    await feedback.locator('input[value=other_matter]').check()
    expect(await seriousProblems(firm)).toEqual([])
    await feedback.locator('button[type=submit]').click()
    await expect(feedback.locator('.said')).toContainText('不是一回事')
    await firm.reload()
    await expect(feedback.locator('.said')).toContainText('不是一回事')
    await feedback.locator('.said button').click()
    await expect(feedback.locator('.ask')).toBeVisible()
  })

  await test.step('the visitor finds it by meaning, and no contact data with it', async () => {
    await visitor.goto('/')
    await visitor.locator('.hero input[type=search]').fill(QUESTION)
    await visitor.keyboard.press('Enter')
    const hits = visitor.locator('.hits li')
    await expect(hits.first()).toBeVisible()
    await expect(visitor.locator('.notice-warn')).toHaveCount(0)
    await visitor.locator(`.hits a[href="${path}"]`).click()
    await expect(visitor.locator('h1')).toHaveText(TITLE)
    await expect(visitor.locator('dd .hidden').first()).toBeVisible()
    await expect(visitor.locator('main')).not.toContainText('0714-0000000')
  })

  await test.step('it is closed with a reason', async () => {
    await firm.locator('.head button', { hasText: '关闭' }).click()
    await firm.locator('#close-reason').selectOption('withdrawn')
    await firm.locator('button[form=close-form]').click()
    await expect(firm.locator('.head .status.closed')).toBeVisible()
  })
  expect(firmErrors).toEqual([])
})
