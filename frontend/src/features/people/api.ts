/** Talent cards. */
import { call, client } from '@/api/client'
import type { Page, TalentCard, TalentCardRow } from '@/api/types'

export function listCards(
  filters: Partial<Record<string, string>>,
  cursor?: string,
): Promise<Page<TalentCardRow>> {
  const query = { ...filters, cursor, limit: 24 }
  return call(client.GET('/api/v1/people', { params: { query: query as never } }))
}

function card(id: string) {
  return { params: { path: { card_id: id } } }
}

export function getCard(id: string): Promise<TalentCard> {
  return call(client.GET('/api/v1/people/{card_id}', card(id)))
}

export function createCard(organisationId: string | null, content: object): Promise<TalentCard> {
  const body = { organisation_id: organisationId, content }
  return call(client.POST('/api/v1/people', { body }))
}

export function editCard(id: string, version: number, content: object): Promise<TalentCard> {
  return call(client.PATCH('/api/v1/people/{card_id}', { ...card(id), body: { version, content } }))
}

export function publishCard(id: string): Promise<TalentCard> {
  return call(client.POST('/api/v1/people/{card_id}/publication', card(id)))
}

export function withdrawCard(id: string): Promise<TalentCard> {
  return call(client.POST('/api/v1/people/{card_id}/withdrawal', card(id)))
}
