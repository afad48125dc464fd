/** Keyset pages as one growing list. */
import { useInfiniteQuery } from '@tanstack/vue-query'
import { computed, type MaybeRefOrGetter, toValue } from 'vue'
import type { Page } from '@/api/types'

export function usePages<T>(
  key: MaybeRefOrGetter<readonly unknown[]>,
  fetchPage: (cursor: string | undefined) => Promise<Page<T>>,
  isEnabled: MaybeRefOrGetter<boolean> = true,
) {
  const query = useInfiniteQuery({
    queryKey: computed(() => [...toValue(key)]),
    queryFn: ({ pageParam }) => fetchPage(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    enabled: computed(() => toValue(isEnabled)),
  })
  const items = computed<T[]>(() => (query.data.value?.pages ?? []).flatMap((page) => page.items))
  return {
    items,
    error: query.error,
    isPending: query.isPending,
    isError: query.isError,
    hasMore: query.hasNextPage,
    isFetchingMore: query.isFetchingNextPage,
    fetchMore: () => void query.fetchNextPage(),
    refetch: () => void query.refetch(),
  }
}
