/** Reasons as plain sentences; a code that this front end does not know yet says nothing. */
import { useI18n } from 'vue-i18n'
import type { Reason, Suggestion } from '@/api/types'
import { useVocabularies } from '@/shared/composables/useVocabularies'
import { sharedTerms } from '../sharedTerms'

const AGAINST = new Set([
  'other_chain',
  'maturity_below',
  'above_budget',
  'indicators_not_met',
  'must_not_met',
  'amount_short',
  'price_above',
  'delivered_late',
  'other_place',
])

export interface ReasonSentence {
  code: string
  text: string
  isAgainst: boolean
}

type Values = Record<string, string | number>

export function useReasons() {
  const { t, te } = useI18n()
  const { nameOf } = useVocabularies()

  function list(names: string[]): string {
    return names.join(t('states.comma'))
  }

  function strings(value: unknown): string[] {
    return Array.isArray(value) ? value.map(String) : []
  }

  /** What the sentence names, or null when there is nothing to name. */
  function values(reason: Reason, suggestion: Suggestion): Values | null {
    const { data } = reason
    switch (reason.code) {
      case 'same_chain':
        return named(strings(data.codes).map((code) => nameOf('chains', code)))
      case 'same_key_area':
        return named(strings(data.codes).map((code) => nameOf('key_areas', code)))
      case 'same_region':
        return named([nameOf('regions', String(data.code ?? ''))].filter(Boolean))
      case 'must_not_met':
        return named(strings(data.names))
      case 'shared_words':
        return named(terms(strings(data.words), suggestion))
      case 'maturity_enough':
      case 'maturity_below':
        return data.asked && data.offered
          ? { asked: Number(data.asked), offered: Number(data.offered) }
          : null
      case 'amount_enough':
      case 'amount_short':
      case 'price_within':
      case 'price_above':
      case 'delivered_in_time':
      case 'delivered_late':
        return data.asked && data.offered
          ? { asked: String(data.asked), offered: String(data.offered) }
          : null
      case 'indicators_met':
      case 'indicators_not_met':
        return data.all === undefined
          ? null
          : { met: Number(data.met), known: Number(data.known), all: Number(data.all) }
      default:
        return null
    }
  }

  function named(names: string[]): Values | null {
    return names.length ? { named: list(names) } : null
  }

  function terms(words: string[], { agreeing }: Suggestion): string[] {
    const own = agreeing.map((pair) => pair.own.text).join('\n')
    const other = agreeing.map((pair) => pair.other.text).join('\n')
    return sharedTerms(words, own, other)
  }

  function sentences(suggestion: Suggestion): ReasonSentence[] {
    return suggestion.reasons.flatMap((reason) => {
      const key = `reasons.${reason.code}`
      if (!te(key, 'zh-CN')) return []
      const details = values(reason, suggestion)
      const detailed = `${key}_named`
      const text = details && te(detailed, 'zh-CN') ? t(detailed, details) : t(key)
      return [{ code: reason.code, text, isAgainst: AGAINST.has(reason.code) }]
    })
  }

  return { sentences }
}
