/** An entry's suggestions of one kind, asked again while matching still computes them. */
import { useInfiniteQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import type { EntryKind, SuggestionPage } from '@/api/types'
import { listSuggestions } from '../api'

const POLL_MS = 1500
const SLOW_POLL_MS = 15_000
const MAX_POLLS = 120

export function useSuggestions(kind: () => EntryKind, id: () => string, target: () => EntryKind) {
  const query = useInfiniteQuery({
    queryKey: computed(() => ['suggestions', kind(), id(), target()]),
    queryFn: ({ pageParam }) => listSuggestions(kind(), id(), target(), pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: SuggestionPage) => page.next_cursor ?? undefined,
    refetchInterval: ({ state }) => {
      if (state.dataUpdateCount >= MAX_POLLS) return false
      const status = state.data?.pages[0]?.status
      // Others may still be on their way, as in a load: looked for now and then.
      return status === 'computing' ? POLL_MS : status === 'none_yet' ? SLOW_POLL_MS : false
    },
  })
  const pages = computed(() => query.data.value?.pages ?? [])
  return {
    status: computed(() => pages.value[0]?.status),
    items: computed(() => pages.value.flatMap((page) => page.items)),
    isPending: query.isPending,
    error: query.error,
    hasMore: query.hasNextPage,
    isFetchingMore: query.isFetchingNextPage,
    fetchMore: () => void query.fetchNextPage(),
    refetch: () => void query.refetch(),
  }
}
