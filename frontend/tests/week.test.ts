import { describe, expect, test } from 'vitest'
import type { InstrumentCalendar } from '@/api/types'
import {
  addDays,
  buildGrid,
  freeRun,
  minutesOfDay,
  momentOf,
  mondayOf,
  today,
} from '@/features/instruments/week'

const CALENDAR: InstrumentCalendar = {
  slot_minutes: 60,
  days: [
    {
      date: '2026-12-07',
      is_open: true,
      opens_at: '2026-12-07T09:00:00+08:00',
      closes_at: '2026-12-07T13:00:00+08:00',
    },
    { date: '2026-12-08', is_open: false, opens_at: null, closes_at: null },
  ],
  // The server may answer in another zone: moments count, not their spelling.
  free: [
    { starts_at: '2026-12-07T01:00:00Z', ends_at: '2026-12-07T02:00:00Z' },
    { starts_at: '2026-12-07T02:00:00Z', ends_at: '2026-12-07T03:00:00Z' },
  ],
  occupied: [
    {
      starts_at: '2026-12-07T11:00:00+08:00',
      ends_at: '2026-12-07T12:00:00+08:00',
      kind: 'booking',
      is_own: true,
      booking_id: null,
      label: '铁山铸造',
    },
  ],
}

describe('days and times', () => {
  test('are those of the park, wherever the browser is', () => {
    expect(minutesOfDay('2026-12-07T01:30:00Z')).toBe(9 * 60 + 30)
    expect(momentOf('2026-12-07', 570)).toBe('2026-12-07T09:30:00+08:00')
    expect(today(new Date('2026-12-06T17:00:00Z'))).toBe('2026-12-07')
  })

  test('weeks start on Monday and run across years', () => {
    expect(mondayOf('2026-12-13')).toBe('2026-12-07')
    expect(mondayOf('2026-12-07')).toBe('2026-12-07')
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01')
  })
})

describe('the grid', () => {
  const grid = buildGrid(CALENDAR)

  test('shows each slot as what it is', () => {
    expect(grid.rows).toEqual([540, 600, 660, 720])
    expect(grid.cells.map((row) => row[0]?.state)).toEqual(['free', 'free', 'own', 'unavailable'])
    expect(grid.cells.map((row) => row[1]?.state)).toEqual(Array(4).fill('closed'))
    expect(grid.cells[2]?.[0]?.label).toBe('铁山铸造')
  })

  test('offers lengths up to the next gap or the limit', () => {
    expect(freeRun(grid, 0, 0, 480).map((cell) => cell.endsAt)).toEqual([
      '2026-12-07T10:00:00+08:00',
      '2026-12-07T11:00:00+08:00',
    ])
    expect(freeRun(grid, 0, 0, 60)).toHaveLength(1)
    expect(freeRun(grid, 2, 0, 480)).toEqual([])
  })

  test('has no rows when nothing opens', () => {
    expect(buildGrid({ ...CALENDAR, days: CALENDAR.days.slice(1) }).rows).toEqual([])
  })

  test('a day may end at midnight', () => {
    const day = {
      date: '2026-12-07',
      is_open: true,
      opens_at: '2026-12-07T22:00:00+08:00',
      closes_at: '2026-12-08T00:00:00+08:00',
    }
    expect(buildGrid({ ...CALENDAR, days: [day] }).rows).toEqual([1320, 1380])
  })
})
