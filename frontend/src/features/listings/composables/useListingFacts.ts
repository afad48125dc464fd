/** The short facts under an entry's title in a list. */
import { useI18n } from 'vue-i18n'
import type { ListingCard } from '@/api/types'
import { useFormat } from '@/shared/composables/useFormat'
import { useVocabularies } from '@/shared/composables/useVocabularies'

export function useListingFacts() {
  const { t } = useI18n()
  const { moneyBand, date } = useFormat()
  const { nameOf } = useVocabularies()

  function facts(card: ListingCard): string[] {
    const isNeed = card.listing_kind === 'need'
    const money = isNeed
      ? moneyBand(card.budget_min, card.budget_max)
      : moneyBand(card.price_min, card.price_max)
    const day = isNeed ? card.due_on : card.valid_until
    return [
      nameOf('chains', card.chain),
      money,
      !isNeed && card.maturity ? t('maturity.short', { level: card.maturity }) : '',
      day ? t(isNeed ? 'cards.due' : 'cards.valid', { date: date(day) }) : '',
    ].filter(Boolean)
  }

  function kindLabel(card: ListingCard): string {
    return nameOf(card.listing_kind === 'need' ? 'need_kinds' : 'capability_kinds', card.kind)
  }

  return { facts, kindLabel }
}
