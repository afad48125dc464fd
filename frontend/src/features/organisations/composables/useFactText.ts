/** A fact on file in words: name, year, and the value as its shape is read. */
import { useI18n } from 'vue-i18n'
import { useFormat } from '@/shared/composables/useFormat'
import { useVocabularies } from '@/shared/composables/useVocabularies'

interface Fact {
  key: string
  year?: number | null
  value: number | boolean | string
}

const MONEY = new Set([
  'total_assets',
  'revenue',
  'main_revenue',
  'high_tech_revenue',
  'total_revenue',
  'rd_spend',
])

export function useFactText() {
  const { t } = useI18n()
  const { date, number, wan } = useFormat()
  const { nameOf } = useVocabularies()

  function valueText(fact: Fact): string {
    const { key, value } = fact
    if (typeof value === 'boolean') return t(value ? 'growth.yes' : 'growth.no')
    if (typeof value === 'string') return date(value)
    return MONEY.has(key) ? wan(value) : number(value)
  }

  /** The unit in brackets belongs to the form: a value shown carries its own. */
  function nameText(key: string): string {
    return nameOf('growth_facts', key)
      .replace(/[（(][^（()）]*(元|人|件|年|yuan)[)）]$/, '')
      .trim()
  }

  function factText(fact: Fact): string {
    const name = nameText(fact.key)
    const of = fact.year ? t('growth.of_year', { name, year: fact.year }) : name
    return t('growth.fact', { name: of, value: valueText(fact) })
  }

  return { factText, nameText, valueText }
}
