/** Collection rounds: calls for entries with a deadline. */
import { call, client } from '@/api/client'
import type { ListingKind, Page, Round, RoundEntry } from '@/api/types'

function at(id: string) {
  return { params: { path: { round_id: id } } }
}

export interface RoundContent {
  title: string
  notice: string
  kinds: string[]
  chains: string[]
  key_areas: string[]
  opens_at: string
  deadline: string
}

export function listRounds(
  filters: Partial<Record<string, string>>,
  cursor?: string,
  limit?: number,
): Promise<Page<Round>> {
  const query = { ...filters, cursor, limit } as object
  return call(client.GET('/api/v1/rounds', { params: { query } }))
}

export function getRound(id: string): Promise<Round> {
  return call(client.GET('/api/v1/rounds/{round_id}', at(id)))
}

export function createRound(listKind: ListingKind, content: RoundContent): Promise<Round> {
  return call(client.POST('/api/v1/rounds', { body: { list_kind: listKind, content } }))
}

export function editRound(
  id: string,
  version: number,
  content: Partial<RoundContent>,
): Promise<Round> {
  const body = { version, content } as never
  return call(client.PATCH('/api/v1/rounds/{round_id}', { ...at(id), body }))
}

export function openRound(id: string): Promise<Round> {
  return call(client.POST('/api/v1/rounds/{round_id}/opening', at(id)))
}

export function closeRound(id: string): Promise<Round> {
  return call(client.POST('/api/v1/rounds/{round_id}/closure', at(id)))
}

export function discardRound(id: string): Promise<unknown> {
  return call(client.DELETE('/api/v1/rounds/{round_id}', at(id)))
}

export function listRoundEntries(id: string, cursor?: string): Promise<Page<RoundEntry>> {
  return call(
    client.GET('/api/v1/rounds/{round_id}/entries', {
      params: { path: { round_id: id }, query: { cursor } },
    }),
  )
}

export function chooseEntry(id: string, listingId: string, isIncluded: boolean): Promise<unknown> {
  return call(
    client.PUT('/api/v1/rounds/{round_id}/entries/{listing_id}', {
      params: { path: { round_id: id, listing_id: listingId } },
      body: { is_included: isIncluded },
    }),
  )
}
