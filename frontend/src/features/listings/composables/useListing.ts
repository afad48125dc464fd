/** One entry and what may be done to it; every answer of a move is the entry's new truth. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type MaybeRefOrGetter, toValue } from 'vue'
import type { Listing, ListingKind } from '@/api/types'
import * as api from '../api'

export function listingKey(kind: ListingKind, id: string): readonly unknown[] {
  return ['listing', kind, id]
}

export function useListing(kind: MaybeRefOrGetter<ListingKind>, id: MaybeRefOrGetter<string>) {
  return useQuery({
    queryKey: computed(() => listingKey(toValue(kind), toValue(id))),
    queryFn: () => api.getListing(toValue(kind), toValue(id)),
  })
}

/** Runs a move and puts its answer where every page looks. */
export function useListingMove(kind: MaybeRefOrGetter<ListingKind>, id: MaybeRefOrGetter<string>) {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (move: () => Promise<Listing>) => move(),
    onSuccess: (listing) => {
      cache.setQueryData(listingKey(toValue(kind), toValue(id)), listing)
      void cache.invalidateQueries({ queryKey: ['listings'] })
      void cache.invalidateQueries({ queryKey: ['review-queue'] })
      void cache.invalidateQueries({ queryKey: ['figures'] })
      void cache.invalidateQueries({ queryKey: ['suggestions', toValue(kind), toValue(id)] })
      void cache.invalidateQueries({ queryKey: ['revisions', toValue(kind), toValue(id)] })
      void cache.invalidateQueries({ queryKey: ['history', toValue(kind), toValue(id)] })
    },
  })
}
