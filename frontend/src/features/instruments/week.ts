/** The week as a grid (pure): days across, slots down, each with what the calendar says of it. */
import type { InstrumentCalendar } from '@/api/types'

const ZONE_OFFSET_MS = 8 * 3_600_000 // the park's zone has no summer time
const MINUTE = 60_000
const DAY_MINUTES = 24 * 60

export type CellState =
  'free' | 'own' | 'booking' | 'turnaround' | 'outage' | 'closed' | 'unavailable'

export interface Cell {
  startsAt: string
  endsAt: string
  minutes: number
  state: CellState
  label: string
}

export interface WeekGrid {
  days: string[]
  /** Minutes after midnight at which each row starts. */
  rows: number[]
  /** cells[row][day] */
  cells: Cell[][]
}

/** Minutes after midnight in the park, whatever zone the browser is in. */
export function minutesOfDay(moment: string): number {
  const local = new Date(new Date(moment).getTime() + ZONE_OFFSET_MS)
  return local.getUTCHours() * 60 + local.getUTCMinutes()
}

/** A moment in the park's zone, as ISO with its offset. */
export function momentOf(day: string, minutes: number): string {
  const at = new Date(new Date(`${day}T00:00:00+08:00`).getTime() + minutes * MINUTE)
  const local = new Date(at.getTime() + ZONE_OFFSET_MS).toISOString().slice(0, 19)
  return `${local}+08:00`
}

export function addDays(day: string, count: number): string {
  const date = new Date(`${day}T12:00:00Z`)
  date.setUTCDate(date.getUTCDate() + count)
  return date.toISOString().slice(0, 10)
}

export function today(now: Date = new Date()): string {
  return new Date(now.getTime() + ZONE_OFFSET_MS).toISOString().slice(0, 10)
}

/** The Monday of the week of a day. */
export function mondayOf(day: string): string {
  const weekday = new Date(`${day}T12:00:00Z`).getUTCDay()
  return addDays(day, -((weekday + 6) % 7))
}

export function buildGrid(calendar: InstrumentCalendar): WeekGrid {
  const open = calendar.days.filter((day) => day.is_open && day.opens_at && day.closes_at)
  const days = calendar.days.map((day) => day.date)
  if (open.length === 0) return { days, rows: [], cells: [] }
  const slot = calendar.slot_minutes
  const first = Math.min(...open.map((day) => minutesOfDay(day.opens_at ?? '')))
  const last = Math.max(...open.map((day) => minutesOfDay(day.closes_at ?? '') || DAY_MINUTES))
  const rows: number[] = []
  for (let at = first; at + slot <= last; at += slot) rows.push(at)
  const free = new Set(calendar.free.map((span) => new Date(span.starts_at).getTime()))
  const cells = rows.map((row) =>
    calendar.days.map((day) => {
      const startsAt = momentOf(day.date, row)
      const endsAt = momentOf(day.date, row + slot)
      return { startsAt, endsAt, minutes: row, ...stateOf(calendar, day, startsAt, endsAt, free) }
    }),
  )
  return { days, rows, cells }
}

function stateOf(
  calendar: InstrumentCalendar,
  day: InstrumentCalendar['days'][number],
  startsAt: string,
  endsAt: string,
  free: ReadonlySet<number>,
): { state: CellState; label: string } {
  const from = new Date(startsAt).getTime()
  const until = new Date(endsAt).getTime()
  if (free.has(from)) return { state: 'free', label: '' }
  const taken = calendar.occupied.find(
    (span) => new Date(span.starts_at).getTime() < until && from < new Date(span.ends_at).getTime(),
  )
  if (taken) {
    const isOwn = taken.is_own && taken.kind === 'booking'
    return { state: isOwn ? 'own' : taken.kind, label: taken.label ?? '' }
  }
  const opens = day.opens_at ? new Date(day.opens_at).getTime() : Infinity
  const closes = day.closes_at ? new Date(day.closes_at).getTime() : -Infinity
  // Open but not free and not taken: past, or too short before the next booking's start.
  const isOpen = day.is_open && opens <= from && until <= closes
  return { state: isOpen ? 'unavailable' : 'closed', label: '' }
}

/** How many slots from a cell on are free without a gap, at most `longest` minutes of them. */
export function freeRun(grid: WeekGrid, row: number, day: number, longest: number): Cell[] {
  const run: Cell[] = []
  for (let at = row; at < grid.rows.length; at += 1) {
    const cell = grid.cells[at]?.[day]
    if (!cell || cell.state !== 'free') break
    run.push(cell)
    const start = run[0]
    if (
      start &&
      new Date(cell.endsAt).getTime() - new Date(start.startsAt).getTime() >= longest * MINUTE
    ) {
      break
    }
  }
  return run
}
