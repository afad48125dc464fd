/** Two people edit one draft: neither loses what they typed, and each decides field by field. */
import { expect, type Page, test } from '@playwright/test'
import { seriousProblems } from './axe.ts'
import { draftNeed, FIRM, openAs, read, watchErrors } from './site.ts'

async function type(page: Page, field: string, text: string): Promise<void> {
  await page.locator(`#field-${field}`).fill(text)
}

async function isSaved(page: Page): Promise<void> {
  await expect(page.getByTestId('save-state')).toHaveClass(/saved/)
}

test('an edit that comes second sees both texts and keeps what it chooses', async ({ browser }) => {
  const [one, other] = [
    await openAs(browser, { username: FIRM }),
    await openAs(browser, { username: FIRM, width: 360 }),
  ]
  const errors = [watchErrors(one), watchErrors(other)]
  const id = await draftNeed(one, '两个人同时改的一条')
  for (const page of [one, other]) {
    await page.goto(`/needs/${id}/edit`)
    await expect(page.locator('#field-title')).toHaveValue('两个人同时改的一条')
  }

  await test.step('the first changes three fields', async () => {
    await type(one, 'title', '甲改的标题')
    await type(one, 'problem', '甲改的问题描述，写得更细。')
    await type(one, 'goals', '甲写的目标')
    await isSaved(one)
    await expect
      .poll(async () => (await read<{ content: { goals: string } }>(one, `/needs/${id}`)).content)
      .toMatchObject({ title: '甲改的标题', goals: '甲写的目标' })
  })

  const dialog = other.locator('[role=dialog]')
  await test.step('the second is asked about the two fields that both changed', async () => {
    await type(other, 'title', '乙改的标题')
    await type(other, 'problem', '乙改的问题描述。')
    await type(other, 'contact_name', '乙工')
    await expect(dialog).toBeVisible()
    await expect(dialog.locator('fieldset')).toHaveCount(2)
    await expect(dialog).toContainText('甲改的标题')
    await expect(dialog).toContainText('乙改的标题')
    await expect(dialog).not.toContainText('甲写的目标')
    expect(await seriousProblems(other)).toEqual([])
  })

  await test.step('the keyboard stays in the dialog, and chooses and goes on from there', async () => {
    await other.keyboard.press('Escape')
    await expect(dialog).toBeVisible() // nothing may be lost by a slip
    for (let presses = 0; presses < 8; presses += 1) {
      await other.keyboard.press('Tab')
      const isInside = await dialog.evaluate((box) => box.contains(document.activeElement))
      expect(isInside).toBe(true)
    }
    await dialog.locator('input[name=conflict-title][value=mine]').focus()
    await other.keyboard.press('ArrowDown')
    await expect(dialog.locator('input[name=conflict-title][value=theirs]')).toBeChecked()
    await dialog.locator('footer button').focus()
    await other.keyboard.press('Enter')
    await expect(dialog).toBeHidden()
  })

  await test.step('the result has the choices, and what only one of them changed', async () => {
    await expect(other.locator('#field-title')).toHaveValue('甲改的标题')
    await expect
      .poll(async () => (await read<{ content: unknown }>(one, `/needs/${id}`)).content)
      .toMatchObject({
        title: '甲改的标题',
        problem: '乙改的问题描述。',
        goals: '甲写的目标',
        contact_name: '乙工',
      })
  })
  expect(errors).toEqual([[], []])
})
