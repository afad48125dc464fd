/** A need's kit and consortium, asked again while matching still computes what they rest on. */
import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { getConsortium, getKit } from './api'

const POLL_MS = 2000
const MAX_POLLS = 90

interface Waiting {
  state: { data?: { status: string } | undefined; dataUpdateCount: number }
}

function poll({ state }: Waiting): number | false {
  return state.data?.status === 'computing' && state.dataUpdateCount < MAX_POLLS ? POLL_MS : false
}

export function useKit(id: () => string) {
  return useQuery({
    queryKey: computed(() => ['kit', id()]),
    queryFn: () => getKit(id()),
    refetchInterval: poll,
  })
}

export function useConsortium(id: () => string) {
  return useQuery({
    queryKey: computed(() => ['consortium', id()]),
    queryFn: () => getConsortium(id()),
    refetchInterval: poll,
  })
}
