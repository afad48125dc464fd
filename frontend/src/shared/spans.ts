/** The agreeing piece of a passage, with as much around it as helps to read it. */
import type { Span } from '@/api/types'

const CONTEXT = 60

/** Offsets count characters as Python does, so that a rare character is one, not two. */
export function cutSpan(span: Pick<Span, 'text' | 'start' | 'end'>): {
  before: string
  marked: string
  after: string
} {
  const characters = Array.from(span.text)
  const start = Math.min(Math.max(span.start, 0), characters.length)
  const end = Math.min(Math.max(span.end, start), characters.length)
  const from = Math.max(0, start - CONTEXT)
  const until = Math.min(characters.length, end + CONTEXT)
  return {
    before: (from > 0 ? '…' : '') + characters.slice(from, start).join(''),
    marked: characters.slice(start, end).join(''),
    after: characters.slice(end, until).join('') + (until < characters.length ? '…' : ''),
  }
}
