/** The last gap map, asked again while the next one is made. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed } from 'vue'
import type { GapMap } from '@/api/types'
import { getGapMap, requestGapMap } from './api'

const KEY = ['gap-map']
const POLL_MS = 1500

function isUnderWay(map: GapMap | undefined): boolean {
  return map?.run?.status === 'requested' || map?.run?.status === 'running'
}

export function useGapMap() {
  const cache = useQueryClient()
  const query = useQuery({
    queryKey: KEY,
    queryFn: getGapMap,
    refetchInterval: ({ state }) => (isUnderWay(state.data) ? POLL_MS : false),
  })
  const renewal = useMutation({
    mutationFn: requestGapMap,
    onSuccess: (map) => cache.setQueryData(KEY, map),
  })
  return { ...query, renewal, isUnderWay: computed(() => isUnderWay(query.data.value)) }
}
