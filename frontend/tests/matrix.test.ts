import { expect, test } from 'vitest'
import { writtenValue } from '@/features/suggestions/values'

test('a value keeps its own unit and sign', () => {
  expect(writtenValue({ sign: 'le', text: '0.008 mm', change: '' })).toBe('≤ 0.008 mm')
  expect(writtenValue({ sign: '', text: '±2 ℃', change: '' })).toBe('±2 ℃')
  expect(writtenValue({ sign: 'ge', text: '20%', change: 'down' })).toBe('≥ 20%')
})
