/** Numbered editions: frozen lists, their files and the comparison of two. */
import { call, client } from '@/api/client'
import type { Comparison, Edition, EditionEntry, ListingKind, Page } from '@/api/types'

type Filters = Partial<Record<string, string>>

function at(id: string) {
  return { params: { path: { edition_id: id } } }
}

export function listEditions(
  filters: Filters,
  cursor?: string,
  limit?: number,
): Promise<Page<Edition>> {
  const query = { ...filters, cursor, limit } as object
  return call(client.GET('/api/v1/editions', { params: { query } }))
}

export function getEdition(id: string): Promise<Edition> {
  return call(client.GET('/api/v1/editions/{edition_id}', at(id)))
}

export function listEntries(
  id: string,
  isLeftOut: boolean,
  cursor?: string,
  limit = 50,
): Promise<Page<EditionEntry>> {
  return call(
    client.GET('/api/v1/editions/{edition_id}/entries', {
      params: { path: { edition_id: id }, query: { left_out: isLeftOut, cursor, limit } },
    }),
  )
}

/** All of a draft: who orders it must see the whole. */
export async function allEntries(id: string, isLeftOut: boolean): Promise<EditionEntry[]> {
  const found: EditionEntry[] = []
  let cursor: string | undefined
  do {
    const page = await listEntries(id, isLeftOut, cursor, 100)
    found.push(...page.items)
    cursor = page.next_cursor ?? undefined
  } while (cursor)
  return found
}

export function freezeEdition(body: {
  round_id?: string
  list_kind?: ListingKind
}): Promise<Edition> {
  return call(client.POST('/api/v1/editions', { body: body as never }))
}

export function editEdition(
  id: string,
  version: number,
  content: { title: string; note: string },
): Promise<Edition> {
  const body = { version, content }
  return call(client.PATCH('/api/v1/editions/{edition_id}', { ...at(id), body }))
}

export function arrangeEdition(id: string, version: number, entryIds: string[]): Promise<Edition> {
  const body = { version, entry_ids: entryIds }
  return call(client.PUT('/api/v1/editions/{edition_id}/arrangement', { ...at(id), body }))
}

export function refreshEdition(id: string, version: number): Promise<Edition> {
  const body = { version }
  return call(client.POST('/api/v1/editions/{edition_id}/refreshment', { ...at(id), body }))
}

export function issueEdition(id: string, version: number): Promise<Edition> {
  const body = { version }
  return call(client.POST('/api/v1/editions/{edition_id}/issuance', { ...at(id), body }))
}

export function withdrawEdition(id: string, reason: string): Promise<Edition> {
  const body = { reason }
  return call(client.POST('/api/v1/editions/{edition_id}/withdrawal', { ...at(id), body }))
}

export function discardEdition(id: string): Promise<unknown> {
  return call(client.DELETE('/api/v1/editions/{edition_id}', at(id)))
}

export function compareEditions(
  id: string,
  otherId: string,
  filters: Filters,
): Promise<Comparison> {
  const query = { ...filters, other_id: otherId } as { other_id: string }
  return call(
    client.GET('/api/v1/editions/{edition_id}/comparison', {
      params: { path: { edition_id: id }, query },
    }),
  )
}
