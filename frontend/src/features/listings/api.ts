/** Needs and capabilities have the same operations under two names; one set of calls serves both. */
import { call, client } from '@/api/client'
import type {
  Capability,
  HistoryRow,
  Listing,
  ListingCard,
  ListingKind,
  Need,
  Page,
  RevisionRow,
} from '@/api/types'

/** The path of a need's operation, or of the capability's of the same name. */
function at<Path extends string>(kind: ListingKind, path: Path): Path {
  return (kind === 'need' ? path : path.replace('/needs', '/capabilities')) as Path
}

function entry(id: string) {
  return { params: { path: { listing_id: id } } }
}

/** What the schemas of both kinds allow is checked by the server, field by field. */
type NeedBody = { version: number; content: object }

export type ListingFilters = Partial<Record<string, string | boolean>>

export function listListings(
  kind: ListingKind,
  filters: ListingFilters,
  cursor?: string,
  limit?: number,
): Promise<Page<ListingCard>> {
  const query = { ...filters, cursor, limit } as object
  return call(client.GET(at(kind, '/api/v1/needs'), { params: { query } }))
}

export function getListing(kind: ListingKind, id: string): Promise<Listing> {
  return call<Need | Capability>(client.GET(at(kind, '/api/v1/needs/{listing_id}'), entry(id)))
}

export function createListing(
  kind: ListingKind,
  organisationId: string,
  content: object,
): Promise<Listing> {
  const body = { organisation_id: organisationId, content }
  return call<Listing>(client.POST(at(kind, '/api/v1/needs'), { body }))
}

export function editListing(
  kind: ListingKind,
  id: string,
  version: number,
  content: object,
): Promise<Listing> {
  const body: NeedBody = { version, content }
  return call<Listing>(client.PATCH(at(kind, '/api/v1/needs/{listing_id}'), { ...entry(id), body }))
}

export function discardListing(kind: ListingKind, id: string): Promise<unknown> {
  return call(client.DELETE(at(kind, '/api/v1/needs/{listing_id}'), entry(id)))
}

export function submitListing(kind: ListingKind, id: string): Promise<Listing> {
  return call<Listing>(client.POST(at(kind, '/api/v1/needs/{listing_id}/submission'), entry(id)))
}

export function publishListing(kind: ListingKind, id: string): Promise<Listing> {
  return call<Listing>(client.POST(at(kind, '/api/v1/needs/{listing_id}/publication'), entry(id)))
}

export function holdListing(kind: ListingKind, id: string, note: string): Promise<Listing> {
  return call<Listing>(
    client.POST(at(kind, '/api/v1/needs/{listing_id}/hold'), { ...entry(id), body: { note } }),
  )
}

export function returnListing(
  kind: ListingKind,
  id: string,
  edits: { field: string; advice: string }[],
  note: string,
): Promise<Listing> {
  return call<Listing>(
    client.POST(at(kind, '/api/v1/needs/{listing_id}/return'), {
      ...entry(id),
      body: { edits, note },
    }),
  )
}

export function closeListing(
  kind: ListingKind,
  id: string,
  reason: string,
  note: string,
): Promise<Listing> {
  return call<Listing>(
    client.POST(at(kind, '/api/v1/needs/{listing_id}/closure'), {
      ...entry(id),
      body: { reason, note },
    }),
  )
}

export function listRevisions(
  kind: ListingKind,
  id: string,
  cursor?: string,
): Promise<Page<RevisionRow>> {
  return call(
    client.GET(at(kind, '/api/v1/needs/{listing_id}/revisions'), {
      params: { path: { listing_id: id }, query: { cursor } },
    }),
  )
}

export function listHistory(
  kind: ListingKind,
  id: string,
  cursor?: string,
): Promise<Page<HistoryRow>> {
  return call(
    client.GET(at(kind, '/api/v1/needs/{listing_id}/history'), {
      params: { path: { listing_id: id }, query: { cursor } },
    }),
  )
}

function revision(id: string, number: number) {
  return { params: { path: { listing_id: id, number } } }
}

export function approveRevision(kind: ListingKind, id: string, number: number): Promise<Listing> {
  const path = at(kind, '/api/v1/needs/{listing_id}/revisions/{number}/approval')
  return call<Listing>(client.POST(path, revision(id, number)))
}

export function rejectRevision(
  kind: ListingKind,
  id: string,
  number: number,
  note: string,
): Promise<Listing> {
  const path = at(kind, '/api/v1/needs/{listing_id}/revisions/{number}/rejection')
  return call<Listing>(client.POST(path, { ...revision(id, number), body: { note } }))
}

export function acknowledgeRevision(
  kind: ListingKind,
  id: string,
  number: number,
): Promise<Listing> {
  const path = at(kind, '/api/v1/needs/{listing_id}/revisions/{number}/acknowledgement')
  return call<Listing>(client.POST(path, revision(id, number)))
}
