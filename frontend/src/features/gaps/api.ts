/** The gap map (招商图谱), for park staff. */
import { call, client } from '@/api/client'
import type { GapMap } from '@/api/types'

export function getGapMap(): Promise<GapMap> {
  return call(client.GET('/api/v1/gap-map'))
}

export function requestGapMap(): Promise<GapMap> {
  return call(client.POST('/api/v1/gap-map'))
}
