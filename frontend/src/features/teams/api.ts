/** What a need takes beyond one answer. */
import { call, client } from '@/api/client'
import type { Consortium, Kit } from '@/api/types'

function at(id: string) {
  return { params: { path: { need_id: id } } }
}

export function getKit(id: string): Promise<Kit> {
  return call(client.GET('/api/v1/needs/{need_id}/kit', at(id)))
}

export function getConsortium(id: string): Promise<Consortium> {
  return call(client.GET('/api/v1/needs/{need_id}/consortium', at(id)))
}
