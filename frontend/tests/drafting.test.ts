import { effectScope, nextTick, ref } from 'vue'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Indicator } from '../src/api/types'
import { PAUSE_MS, useDraftQuestion } from '../src/features/drafting/composables/useDraftQuestion'
import { draftContent, hasNumber } from '../src/features/drafting/draft'
import { blankIndicator } from '../src/features/listings/content'

const line = (changes: Partial<Indicator>): Indicator => ({ ...blankIndicator(), ...changes })

describe('what is sent of a draft', () => {
  it('is nothing while the title says nothing', () => {
    expect(draftContent('need', { content: { title: ' 铜 ' }, levels: {} }, [])).toBeNull()
  })

  it('is its texts, never its contact data or money', () => {
    const content = { title: '高纯铜精炼', problem: 'x', contact_phone: '1', budget_max: 5 }
    const sent = draftContent('need', { content, levels: { problem: 'own' } }, [])
    expect(sent).toMatchObject({ title: '高纯铜精炼', field_levels: { problem: 'own' } })
    expect(Object.keys(sent ?? {})).not.toContain('contact_phone')
    expect(Object.keys(sent ?? {})).not.toContain('budget_max')
  })

  it('asks what if only of lines with a name and a number', () => {
    expect(hasNumber(line({ name: '纯度', value: 0 }))).toBe(true)
    expect(hasNumber(line({ name: '', value: 1 }))).toBe(false)
    expect(hasNumber(line({ name: '纯度', value: null }))).toBe(false)
    expect(hasNumber(line({ name: '纯度', value: 1, comparator: 'text' }))).toBe(false)
  })
})

describe('a question about a draft', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  function start(ask: (text: string) => Promise<string>) {
    const text = ref<string | null>(null)
    const scope = effectScope()
    const question = scope.run(() => useDraftQuestion(() => text.value, ask))
    if (!question) throw new Error('no scope')
    return { text, scope, question }
  }

  it('waits until the typing rests, and is asked once', async () => {
    const ask = vi.fn((text: string) => Promise.resolve(text))
    const { text, question } = start(ask)
    for (const typed of ['a', 'ab', 'abc']) {
      text.value = typed
      await nextTick()
      await vi.advanceTimersByTimeAsync(PAUSE_MS / 2)
    }
    expect(ask).not.toHaveBeenCalled()
    expect(question.isAsking.value).toBe(true)
    await vi.advanceTimersByTimeAsync(PAUSE_MS)
    expect(ask.mock.calls).toEqual([['abc']])
    expect(question.answer.value).toBe('abc')
    expect(question.isAsking.value).toBe(false)
  })

  it('forgets a late answer to an old text', async () => {
    const answers: ((answer: string) => void)[] = []
    const { text, question } = start(() => new Promise((resolve) => answers.push(resolve)))
    text.value = 'old'
    await nextTick()
    await vi.advanceTimersByTimeAsync(PAUSE_MS)
    text.value = 'new'
    await nextTick()
    await vi.advanceTimersByTimeAsync(PAUSE_MS)
    answers[1]?.('new')
    answers[0]?.('old')
    await vi.advanceTimersByTimeAsync(0)
    expect(question.answer.value).toBe('new')
  })

  it('keeps a failure to show and asks again when told to', async () => {
    const ask = vi.fn((text: string) => Promise.resolve(text))
    ask.mockRejectedValueOnce(new Error('down'))
    const { text, question } = start(ask)
    text.value = 'a'
    await nextTick()
    await vi.advanceTimersByTimeAsync(PAUSE_MS)
    expect(question.error.value).toBeInstanceOf(Error)
    question.again()
    await vi.advanceTimersByTimeAsync(0)
    expect(question.error.value).toBeNull()
    expect(question.answer.value).toBe('a')
  })

  it('asks nothing any more once its form is gone', async () => {
    const ask = vi.fn((text: string) => Promise.resolve(text))
    const { text, scope } = start(ask)
    text.value = 'a'
    await nextTick()
    scope.stop()
    await vi.advanceTimersByTimeAsync(PAUSE_MS)
    expect(ask).not.toHaveBeenCalled()
  })
})
