/** An edition and what may be done to it; every answer of a move is its new truth. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type MaybeRefOrGetter, toValue } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Edition } from '@/api/types'
import { getEdition } from './api'

const ASK_AGAIN_MS = 2000

export function isBeingPrinted(edition: Edition | undefined): boolean {
  return (
    edition?.status === 'issued' &&
    edition.files.some((file) => file.status !== 'ready' && file.status !== 'failed')
  )
}

export function useEdition(id: MaybeRefOrGetter<string>) {
  return useQuery({
    queryKey: computed(() => ['edition', toValue(id)]),
    queryFn: () => getEdition(toValue(id)),
    // Until the worker has made the files, the page asks how far it is.
    refetchInterval: (query) => (isBeingPrinted(query.state.data) ? ASK_AGAIN_MS : false),
  })
}

export function useEditionMove(id: MaybeRefOrGetter<string>) {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (move: () => Promise<Edition>) => move(),
    onSuccess: (edition) => {
      cache.setQueryData(['edition', toValue(id)], edition)
      void cache.invalidateQueries({ queryKey: ['edition-entries', toValue(id)] })
      void cache.invalidateQueries({ queryKey: ['editions'] })
      void cache.invalidateQueries({ queryKey: ['rounds'] })
    },
  })
}

/** “第一批技术需求清单”, or in English its number and its own title. */
export function useHeading() {
  const { t, locale } = useI18n()
  return (edition: { number?: number | null; heading: string }): string => {
    if (locale.value !== 'en' || edition.number == null) return edition.heading
    const title = edition.heading.replace(/^第.+?批/, '')
    return t('editions.numbered', { number: edition.number, title })
  }
}
