import { describe, expect, test } from 'vitest'
import { isProblem, toProblem } from '@/api/problem'
import { sharedTerms } from '@/features/suggestions/sharedTerms'
import { toWan } from '@/shared/composables/useFormat'
import { limitOf } from '@/shared/indicators'
import { cutSpan } from '@/shared/spans'

describe('a marked passage', () => {
  test('is cut by characters, as Python counts them', () => {
    expect(cutSpan({ text: '𠮷田电解铜箔', start: 2, end: 4 })).toEqual({
      before: '𠮷田',
      marked: '电解',
      after: '铜箔',
    })
  })

  test('survives offsets outside the text', () => {
    expect(cutSpan({ text: '铜箔', start: -3, end: 99 }).marked).toBe('铜箔')
    expect(cutSpan({ text: '铜箔', start: 9, end: 4 }).marked).toBe('')
  })

  test('shows that something was left out', () => {
    const { before, after } = cutSpan({
      text: '前'.repeat(100) + '中' + '后'.repeat(100),
      start: 100,
      end: 101,
    })
    expect(before.startsWith('…')).toBe(true)
    expect(after.endsWith('…')).toBe(true)
  })
})

describe('shared terms', () => {
  test('are whole words again', () => {
    expect(sharedTerms(['电解', '解铜', '铜箔'], '高速电解铜箔产线', '电解铜箔表面处理')).toEqual([
      '电解铜箔',
    ])
  })

  test('never name what only one side says', () => {
    expect(sharedTerms(['电解', '解铜'], '电解铜', '电解，以及铜')).toEqual(['电解'])
    expect(sharedTerms(['电解'], '铜箔', '电解')).toEqual([])
  })
})

describe('numbers', () => {
  test('money is 万元 without rounding away', () => {
    expect(toWan(1_234_567)).toBe(123.4567)
    expect(toWan(0)).toBe(0)
  })

  test('limits read as people write them', () => {
    const line = { unit: 'mm', text: '', value_max: null }
    expect(limitOf({ ...line, comparator: 'le', value: 0.008 })).toBe('≤ 0.008 mm')
    expect(limitOf({ ...line, comparator: 'range', value: 0, value_max: 5 })).toBe('0 – 5 mm')
    expect(limitOf({ ...line, comparator: 'ge', value: null })).toBe('')
  })
})

describe('problems', () => {
  test('keep their code and data', () => {
    const problem = toProblem(409, { code: 'slot_taken', data: { next_free: [] } })
    expect(isProblem(problem, 'slot_taken')).toBe(true)
    expect(problem.data).toEqual({ next_free: [] })
  })

  test('an answer that is none of ours still has a code', () => {
    expect(toProblem(502, '<html>').code).toBe('internal_error')
    expect(toProblem(418, undefined).code).toBe('unknown')
  })
})
