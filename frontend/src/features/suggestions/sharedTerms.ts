/**
 * Words that both sides use, whole (pure). Matching compares pairs of characters; a reader wants the
 * words they came from: the longest runs of such pairs that stand in both texts.
 */
const MOST = 5

export function sharedTerms(pairs: readonly string[], own: string, other: string): string[] {
  const known = new Set(pairs.filter((pair) => Array.from(pair).length === 2))
  const whole = pairs.filter((pair) => Array.from(pair).length > 2)
  const characters = Array.from(own)
  const found = new Set<string>()
  let run = ''
  for (let at = 0; at < characters.length; at += 1) {
    const next = characters[at + 1] ?? ''
    const current = characters[at] ?? ''
    if (next && known.has(current + next) && other.includes((run || current) + next)) {
      run = (run || current) + next
      continue
    }
    if (run) found.add(run)
    run = ''
  }
  const longest = [...found].sort((a, b) => b.length - a.length)
  const distinct = longest.filter(
    (term, index) => !longest.slice(0, index).some((longer) => longer.includes(term)),
  )
  return [...new Set([...whole, ...distinct])].slice(0, MOST)
}
