/** An indicator's limit as people write it: ≤ 0.008 mm, 20–50 °C, ≈ 3. */
const SIGNS: Record<string, string> = { ge: '≥', le: '≤', gt: '>', lt: '<', eq: '=', approx: '≈' }

interface Line {
  comparator: string
  value?: number | null
  value_max?: number | null
  unit: string
  text: string
}

export function limitOf(line: Line): string {
  const unit = line.unit ? ` ${line.unit}` : ''
  if (line.comparator === 'range' && line.value != null && line.value_max != null) {
    return `${line.value} – ${line.value_max}${unit}`
  }
  const sign = SIGNS[line.comparator]
  if (sign && line.value != null) return `${sign} ${line.value}${unit}`
  return ''
}
