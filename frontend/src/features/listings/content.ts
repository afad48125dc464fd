/** The content of a form (pure): blank values, what changed, what two editors did differently. */
import type { Indicator, Listing, ListingKind } from '@/api/types'
import { type FieldLevel, fieldsOf } from './fields'

export type FieldValue = string | number | null | string[] | Indicator[]
export interface FormState {
  content: Record<string, FieldValue>
  levels: Record<string, FieldLevel>
}

const NULLABLE = new Set(['money', 'date', 'maturity'])
const LISTS = new Set(['terms', 'words', 'indicators'])

/** A deep copy; also of what Vue watches, which structuredClone refuses. */
export function clone<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T
}

export function contentNames(kind: ListingKind): string[] {
  return fieldsOf(kind).flatMap((spec) => spec.names)
}

export function blankState(kind: ListingKind): FormState {
  const content: Record<string, FieldValue> = {}
  for (const spec of fieldsOf(kind)) {
    for (const name of spec.names) {
      content[name] = LISTS.has(spec.shape) ? [] : NULLABLE.has(spec.shape) ? null : ''
    }
  }
  return { content, levels: {} }
}

/** A content from the API as a form has it; what is missing or null is blank. */
export function stateFrom(
  kind: ListingKind,
  content: object,
  levels: Record<string, string>,
): FormState {
  const state = blankState(kind)
  const given = content as Record<string, FieldValue | undefined>
  for (const name of Object.keys(state.content)) {
    const value = given[name]
    if (value !== undefined && value !== null) state.content[name] = clone(value)
  }
  state.levels = { ...levels } as Record<string, FieldLevel>
  return state
}

/** Where an edit of the entry starts: a change that still waits for staff is part of it. */
export function editableState(listing: Listing): FormState {
  const content: Record<string, unknown> = { ...listing.content }
  let levels = { ...listing.field_levels }
  for (const [name, change] of Object.entries(listing.pending_revision?.changes ?? {})) {
    const proposed = newValue(change)
    if (name === 'field_levels') levels = proposed as Record<string, string>
    else content[name] = proposed
  }
  return stateFrom(listing.listing_kind, content, levels)
}

/** The new value of an audited change, which is `{old, new}` or a pair. */
export function newValue(change: unknown): unknown {
  if (Array.isArray(change)) return change[1]
  return (change as { new?: unknown } | null)?.new
}

export function oldValue(change: unknown): unknown {
  if (Array.isArray(change)) return change[0]
  return (change as { old?: unknown } | null)?.old
}

export function isSame(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b)
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

export function isBlankIndicator(line: Indicator): boolean {
  return !line.name && !line.text && line.value === null && !line.unit && !line.evidence
}

export function blankIndicator(): Indicator {
  return {
    name: '',
    comparator: 'ge',
    value: null,
    value_max: null,
    unit: '',
    is_must: true,
    text: '',
    evidence: '',
  }
}

/** What a form would send: lines nobody has filled in are not sent. */
function sendable(value: FieldValue | undefined, name: string): unknown {
  if (name !== 'indicators') return value
  return ((value ?? []) as Indicator[]).filter((line) => !isBlankIndicator(line))
}

/** The fields in which `mine` departs from `base`, ready to be sent. */
export function changesSince(base: FormState, mine: FormState): Record<string, unknown> {
  const changes: Record<string, unknown> = {}
  for (const name of Object.keys(mine.content)) {
    const value = sendable(mine.content[name], name)
    if (!isSame(value, sendable(base.content[name], name))) changes[name] = value
  }
  if (!isSame(base.levels, mine.levels)) changes.field_levels = { ...mine.levels }
  return changes
}

export interface Difference {
  name: string
  mine: unknown
  theirs: unknown
}

/** Where both changed the same field to something else: somebody has to choose. */
export function conflicts(base: FormState, mine: FormState, theirs: FormState): Difference[] {
  const ours = changesSince(base, mine)
  const others = changesSince(base, theirs)
  return Object.keys(ours)
    .filter((name) => name in others && !isSame(ours[name], others[name]))
    .map((name) => ({ name, mine: ours[name], theirs: others[name] }))
}

/** Their content with my changes put back in, except those where `theirs` was chosen. */
export function mergeInto(
  base: FormState,
  mine: FormState,
  theirs: FormState,
  keepTheirs: ReadonlySet<string>,
): FormState {
  const merged: FormState = clone(theirs)
  for (const [name, value] of Object.entries(changesSince(base, mine))) {
    if (keepTheirs.has(name)) continue
    if (name === 'field_levels') merged.levels = clone(mine.levels)
    else merged.content[name] = clone(value) as FieldValue
  }
  return merged
}
