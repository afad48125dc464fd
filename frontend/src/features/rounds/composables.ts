/** How long a round is still open, and its times as a form's inputs have them. */
import { useI18n } from 'vue-i18n'

const DAY_MS = 86_400_000
const PARK_OFFSET_MS = 8 * 3_600_000

export function daysLeft(deadline: string, now: number = Date.now()): number {
  return Math.ceil((new Date(deadline).getTime() - now) / DAY_MS)
}

/** A moment as `datetime-local` shows it, in the park's time wherever the reader is. */
export function toInput(moment: string): string {
  return new Date(new Date(moment).getTime() + PARK_OFFSET_MS).toISOString().slice(0, 16)
}

export function fromInput(value: string): string {
  return value ? `${value}:00+08:00` : ''
}

export function useDeadline() {
  const { t } = useI18n()
  return (deadline: string): string => {
    const days = daysLeft(deadline)
    if (days < 0 || new Date(deadline).getTime() <= Date.now()) return t('rounds.over')
    return days <= 1 ? t('rounds.last_day') : t('rounds.days_left', { count: days })
  }
}
