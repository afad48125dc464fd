/** Values of the matrix as a reader writes them (pure). */
import type { Suggestion } from '@/api/types'

type Side = NonNullable<Suggestion['indicators'][number]['own']>
export type IndicatorValue = NonNullable<Side['value']>

const SIGNS: Record<IndicatorValue['sign'], string> = {
  ge: '≥',
  gt: '>',
  le: '≤',
  lt: '<',
  about: '≈',
  '': '',
}

/** "≤ 0.008 mm"; of a change only its size, the direction is a word of the reader's language. */
export function writtenValue(value: IndicatorValue): string {
  return [SIGNS[value.sign], value.text].filter(Boolean).join(' ')
}
