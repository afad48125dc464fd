/** What of a form is sent when its author asks something before anything is saved. */
import type { Indicator, ListingKind } from '@/api/types'

const TEXTS: Record<ListingKind, string[]> = {
  need: ['title', 'problem', 'goals', 'keywords', 'solver_conditions', 'benchmark', 'prospects'],
  capability: ['title', 'description', 'innovation', 'applications', 'keywords', 'capacity_now'],
}
/** Characters of a title from which on it says something. */
const SHORTEST = 4

export interface Draft {
  content: Record<string, unknown>
  levels: Record<string, string>
}

export function isNamed(line: Indicator): boolean {
  return line.name.trim() !== ''
}

export function hasNumber(line: Indicator): boolean {
  return isNamed(line) && line.comparator !== 'text' && typeof line.value === 'number'
}

/** Null while there is too little to ask about. `indicators` are those to be sent. */
export function draftContent(
  kind: ListingKind,
  draft: Draft,
  indicators: Indicator[],
): Record<string, unknown> | null {
  if (String(draft.content.title ?? '').trim().length < SHORTEST) return null
  const texts = TEXTS[kind].map((name) => [name, draft.content[name]])
  return { ...Object.fromEntries(texts), indicators, field_levels: draft.levels }
}
