import { describe, expect, test } from 'vitest'
import { endingsOf, faultOf, kindsOf, sizeOf } from '@/features/files/limits'

const limits = {
  media_types: ['application/pdf', 'image/jpeg', 'text/csv'],
  max_bytes: 20 * 1024 * 1024,
  max_count: 3,
}

function codeOf(name: string, size: number, present = 0): string | undefined {
  return faultOf({ name, size }, limits, present)?.code
}

describe('what can be told of a file before it is sent', () => {
  test('is nothing where nothing is wrong, however its name is written', () => {
    expect(codeOf('检测报告.PDF', 1)).toBeUndefined()
    expect(codeOf('photo.JPeG', limits.max_bytes)).toBeUndefined()
  })

  test('is that it is too large, of another kind, empty, or one too many', () => {
    expect(codeOf('a.pdf', limits.max_bytes + 1)).toBe('file_too_large')
    expect(codeOf('a.svg', 1)).toBe('file_type_not_allowed')
    expect(codeOf('pdf', 1)).toBe('file_type_not_allowed')
    expect(codeOf('a.pdf', 0)).toBe('file_type_not_allowed')
    expect(codeOf('a.pdf', 1, 3)).toBe('too_many_files')
  })
})

test('kinds are named as people name them', () => {
  expect(kindsOf(limits)).toEqual(['CSV', 'JPG', 'PDF'])
  expect(endingsOf(limits)).toEqual(['.pdf', '.jpg', '.jpeg', '.csv'])
})

test('sizes are short', () => {
  expect(sizeOf(20 * 1024 * 1024, 'en')).toBe('20 MB')
  expect(sizeOf(1_500_000, 'en')).toBe('1.4 MB')
  expect(sizeOf(900, 'en')).toBe('0.9 KB')
})
