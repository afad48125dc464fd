/** What matching suggests for an entry of any kind. */
import { call, client } from '@/api/client'
import type { EntryKind, Feedback, FeedbackInput, SuggestionPage } from '@/api/types'

const PATHS = {
  need: '/api/v1/needs/{entry_id}/suggestions',
  capability: '/api/v1/capabilities/{entry_id}/suggestions',
  instrument: '/api/v1/instruments/{entry_id}/suggestions',
  person: '/api/v1/people/{entry_id}/suggestions',
} as const

export function listSuggestions(
  kind: EntryKind,
  id: string,
  target: EntryKind,
  cursor?: string,
): Promise<SuggestionPage> {
  const params = { path: { entry_id: id }, query: { kind: target, cursor, limit: 6 } }
  // All four operations are the same one under four names.
  return call(client.GET(PATHS[kind] as (typeof PATHS)['need'], { params: params as never }))
}

const FEEDBACK = '/api/v1/suggestions/{suggestion_id}/feedback'

export function giveFeedback(id: string, body: FeedbackInput): Promise<Feedback> {
  return call(client.PUT(FEEDBACK, { params: { path: { suggestion_id: id } }, body }))
}

export function takeBackFeedback(id: string): Promise<unknown> {
  return call(client.DELETE(FEEDBACK, { params: { path: { suggestion_id: id } } }))
}
