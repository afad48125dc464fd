/** The columns of a list and the fields they stand for. */
import type { ImportJob, ImportKind } from '@/api/types'

export interface ColumnChoice {
  heading: string
  field: string
  confidence: number
  isDoubtful: boolean
  samples: string[]
}

/** As they stand: what a person said before goes before what was recognised. */
export function choicesOf(job: ImportJob): ColumnChoice[] {
  const isConfirmed = job.status !== 'uploaded'
  return job.columns.map((column) => ({
    heading: column.heading,
    field: isConfirmed ? (job.mapping[column.heading] ?? '') : column.field,
    confidence: column.confidence,
    isDoubtful: column.is_doubtful && !isConfirmed,
    samples: column.samples,
  }))
}

/** Doubtful columns first, then those that hold something. */
export function sorted(columns: ColumnChoice[]): ColumnChoice[] {
  const rank = (column: ColumnChoice) => (column.isDoubtful ? 0 : column.samples.length > 0 ? 1 : 2)
  return [...columns].sort((a, b) => rank(a) - rank(b))
}

/** Fields that two columns claim although only one can have them. */
export function clashes(columns: ColumnChoice[], kind: ImportKind | undefined): string[] {
  const joined = new Set(kind?.fields.filter((one) => one.is_joined).map((one) => one.name))
  const seen = new Set<string>()
  const found = new Set<string>()
  for (const { field } of columns) {
    if (!field || joined.has(field)) continue
    if (seen.has(field)) found.add(field)
    seen.add(field)
  }
  return [...found]
}

/** Required fields without a column. */
export function missing(columns: ColumnChoice[], kind: ImportKind | undefined): string[] {
  const given = new Set(columns.map((column) => column.field))
  return (kind?.fields ?? [])
    .filter((field) => field.is_required && !given.has(field.name))
    .map((field) => field.name)
}

export function toMapping(columns: ColumnChoice[]): Record<string, string> {
  return Object.fromEntries(
    columns.filter((column) => column.field).map((column) => [column.heading, column.field]),
  )
}
