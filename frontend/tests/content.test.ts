import { describe, expect, test } from 'vitest'
import {
  blankIndicator,
  blankState,
  changesSince,
  clone,
  conflicts,
  type FormState,
  mergeInto,
  stateFrom,
} from '@/features/listings/content'
import { fieldOf, fieldsOf } from '@/features/listings/fields'

function need(content: object): FormState {
  return stateFrom('need', content, {})
}

describe('changes', () => {
  test('an untouched form changes nothing', () => {
    expect(changesSince(blankState('need'), blankState('need'))).toEqual({})
  })

  test('only what was touched is sent', () => {
    const mine = clone(blankState('need'))
    mine.content.title = '在线测温'
    mine.content.budget_max = 500_000
    expect(changesSince(blankState('need'), mine)).toEqual({
      title: '在线测温',
      budget_max: 500_000,
    })
  })

  test('a line that nobody has filled in is not sent', () => {
    const mine = clone(blankState('need'))
    mine.content.indicators = [blankIndicator()]
    expect(changesSince(blankState('need'), mine)).toEqual({})
    mine.content.indicators = [blankIndicator(), { ...blankIndicator(), name: '精度', value: 0 }]
    expect(changesSince(blankState('need'), mine).indicators).toHaveLength(1)
  })

  test('a level is part of what is sent', () => {
    const mine = clone(blankState('need'))
    mine.levels.budget_max = 'own'
    expect(changesSince(blankState('need'), mine)).toEqual({ field_levels: { budget_max: 'own' } })
  })

  test('unknown values from the server become blanks of the right shape', () => {
    const state = need({ title: null, keywords: null, budget_max: null })
    expect(state.content).toMatchObject({ title: '', keywords: [], budget_max: null })
  })
})

describe('two editors', () => {
  const base = need({ title: '旧', problem: '旧', goals: '旧' })
  const theirs = need({ title: '对方', problem: '对方', goals: '旧' })
  const mine = need({ title: '我', problem: '旧', goals: '我' })

  test('only a field that both changed is a conflict', () => {
    expect(conflicts(base, mine, theirs)).toEqual([{ name: 'title', mine: '我', theirs: '对方' }])
  })

  test('the same change twice is none', () => {
    expect(conflicts(base, theirs, clone(theirs))).toEqual([])
  })

  test('merging loses nothing of either side', () => {
    const merged = mergeInto(base, mine, theirs, new Set())
    expect(merged.content).toMatchObject({ title: '我', problem: '对方', goals: '我' })
  })

  test('a field given up takes the other version, and only that field', () => {
    const merged = mergeInto(base, mine, theirs, new Set(['title']))
    expect(merged.content).toMatchObject({ title: '对方', problem: '对方', goals: '我' })
  })
})

describe('fields', () => {
  test('every name of a content belongs to one field', () => {
    for (const kind of ['need', 'capability'] as const) {
      const names = fieldsOf(kind).flatMap((spec) => spec.names)
      expect(new Set(names).size).toBe(names.length)
    }
  })

  test('a path of the server leads to the field that shows it', () => {
    expect(fieldOf('need', 'indicators.0.value')?.name).toBe('indicators')
    expect(fieldOf('need', 'budget_max')?.name).toBe('budget')
    expect(fieldOf('need', 'no_such_field')).toBeUndefined()
  })
})
