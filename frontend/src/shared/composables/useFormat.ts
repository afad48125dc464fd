/** Money, dates and times in the reader's language; times are the park's, wherever the reader is. */
import { useI18n } from 'vue-i18n'

const ZONE = 'Asia/Shanghai'

/** Yuan as 万元 with as few decimals as say it exactly. */
export function toWan(yuan: number): number {
  return Math.round((yuan / 10_000) * 1e6) / 1e6
}

export function useFormat() {
  const { t, locale } = useI18n()

  function number(value: number): string {
    return new Intl.NumberFormat(locale.value, { maximumFractionDigits: 6 }).format(value)
  }

  function wan(yuan: number): string {
    return t('money.wan', { amount: number(toWan(yuan)), thousand: number(yuan / 1000) })
  }

  /** A band with open ends; empty when both ends are unknown. */
  function moneyBand(min: number | null | undefined, max: number | null | undefined): string {
    if (min != null && max != null) {
      if (min === max) return wan(min)
      return t('money.band', {
        min: number(toWan(min)),
        max: number(toWan(max)),
        min_thousand: number(min / 1000),
        max_thousand: number(max / 1000),
      })
    }
    if (min != null) return t('money.from', { amount: wan(min) })
    if (max != null) return t('money.up_to', { amount: wan(max) })
    return ''
  }

  function yuan(value: number): string {
    return t('money.yuan', { amount: number(value) })
  }

  function format(value: string | Date, options: Intl.DateTimeFormatOptions): string {
    return new Intl.DateTimeFormat(locale.value, { timeZone: ZONE, ...options }).format(
      new Date(value),
    )
  }

  /** A day (`2026-11-24`) or a moment, as a date. */
  function date(value: string): string {
    const isDay = /^\d{4}-\d{2}-\d{2}$/.test(value)
    return format(isDay ? `${value}T12:00:00+08:00` : value, {
      year: 'numeric',
      month: locale.value === 'en' ? 'short' : 'numeric',
      day: 'numeric',
    })
  }

  function time(value: string | Date): string {
    return format(value, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  }

  function dateTime(value: string): string {
    return `${date(value)} ${time(value)}`
  }

  function weekday(day: string): string {
    return format(`${day}T12:00:00+08:00`, { weekday: 'short' })
  }

  function monthDay(day: string): string {
    return format(`${day}T12:00:00+08:00`, { month: 'numeric', day: 'numeric' })
  }

  function period(startsAt: string, endsAt: string): string {
    const day = `${date(startsAt)} ${format(startsAt, { weekday: 'short' })}`
    return `${day} ${time(startsAt)}–${time(endsAt)}`
  }

  return { number, wan, moneyBand, yuan, date, time, dateTime, weekday, monthDay, period }
}
