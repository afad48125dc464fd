/** The platform's word lists, asked once, named in the reader's language. */
import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { call, client } from '@/api/client'
import type { VocabularyName } from '@/api/types'

export function useVocabularies() {
  const { locale } = useI18n()
  const query = useQuery({
    queryKey: ['vocabularies'],
    queryFn: () => call(client.GET('/api/v1/vocabularies')),
    staleTime: Infinity,
  })

  const terms = computed(() => query.data.value)

  function options(vocabulary: VocabularyName): { value: string; label: string }[] {
    return (terms.value?.[vocabulary] ?? []).map((term) => ({
      value: term.code,
      label: locale.value === 'en' ? term.name_en || term.name_zh : term.name_zh,
    }))
  }

  /** A code's name; a code that is not (or no longer) listed shows as itself. */
  function nameOf(vocabulary: VocabularyName, code: string | null | undefined): string {
    if (!code) return ''
    return options(vocabulary).find((option) => option.value === code)?.label ?? code
  }

  return { options, nameOf }
}
