import { describe, expect, test } from 'vitest'
import { isBeingPrinted } from '@/features/editions/composables'
import { movedTo } from '@/features/editions/order'
import { daysLeft, fromInput, toInput } from '@/features/rounds/composables'
import type { Edition } from '@/api/types'

describe('the order of an edition', () => {
  test('moves one and keeps the others', () => {
    expect(movedTo(['a', 'b', 'c'], 2, 0)).toEqual(['c', 'a', 'b'])
    expect(movedTo(['a', 'b', 'c'], 0, 1)).toEqual(['b', 'a', 'c'])
  })

  test('moves nothing beyond its ends', () => {
    expect(movedTo(['a', 'b'], 0, -1)).toEqual(['a', 'b'])
    expect(movedTo(['a', 'b'], 1, 2)).toEqual(['a', 'b'])
  })
})

describe('the times of a round', () => {
  test("are the park's in a form, wherever the reader is", () => {
    expect(toInput('2026-11-24T17:30:00Z')).toBe('2026-11-25T01:30')
    expect(fromInput('2026-11-25T01:30')).toBe('2026-11-25T01:30:00+08:00')
    expect(fromInput('')).toBe('')
  })

  test('count days as people do', () => {
    const now = Date.parse('2026-11-24T00:00:00Z')
    expect(daysLeft('2026-11-24T05:00:00Z', now)).toBe(1)
    expect(daysLeft('2026-11-26T00:00:00Z', now)).toBe(2)
  })
})

test('a page asks again only while files are being made', () => {
  const edition = (status: string, ...files: string[]) =>
    ({ status, files: files.map((file) => ({ status: file })) }) as unknown as Edition
  expect(isBeingPrinted(edition('issued', 'waiting', 'ready'))).toBe(true)
  expect(isBeingPrinted(edition('issued', 'failed', 'ready'))).toBe(false)
  expect(isBeingPrinted(edition('draft'))).toBe(false)
  expect(isBeingPrinted(undefined)).toBe(false)
})
