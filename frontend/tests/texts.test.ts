import { mount } from '@vue/test-utils'
import { describe, expect, test } from 'vitest'
import { isProblem, toProblem } from '@/api/problem'
import { sharedTerms } from '@/features/suggestions/sharedTerms'
import { toWan } from '@/shared/composables/useFormat'
import { limitOf } from '@/shared/indicators'
import MarkedText from '@/shared/components/MarkedText.vue'

describe('the sentence that answers', () => {
  test('is marked whole wherever it stands in its field', () => {
    const span = { field: 'problem', ordinal: 0, text: '铜箔有针孔', start: 120, end: 125 }
    expect(mount(MarkedText, { props: { span } }).get('mark').text()).toBe('铜箔有针孔')
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
