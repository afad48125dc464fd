/** What an author asks while writing; nothing is saved by it. */
import { call, client } from '@/api/client'
import type { ListingKind, SimilarAnswer, WhatIf } from '@/api/types'

/** A content as the form has it; the server checks it field by field. */
type Content = object

export function findSimilar(
  kind: ListingKind,
  id: string | null,
  content: Content,
): Promise<SimilarAnswer> {
  const path = kind === 'need' ? '/api/v1/needs/similar' : '/api/v1/capabilities/similar'
  // Both operations are the same one under two names.
  return call(client.POST(path as '/api/v1/needs/similar', { body: { id, content } }))
}

export function askWhatIf(organisationId: string, content: Content): Promise<WhatIf> {
  const body = { organisation_id: organisationId || null, content }
  return call(client.POST('/api/v1/needs/what-if', { body }))
}
