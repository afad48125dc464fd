import { describe, expect, test } from 'vitest'
import { fileName } from '@/api/download'

describe('the name of a file', () => {
  test('is the one that is meant', () => {
    const both = `attachment; filename="need-2026-11-24.xlsx"; filename*=UTF-8''%E9%9C%80%E6%B1%82.xlsx`
    expect(fileName(both)).toBe('需求.xlsx')
  })

  test('is the plain one where the other is missing or broken', () => {
    expect(fileName('attachment; filename="need.csv"')).toBe('need.csv')
    expect(fileName(`attachment; filename="need.csv"; filename*=UTF-8''%E9%9`)).toBe('need.csv')
    expect(fileName('')).toBe('download')
  })
})
