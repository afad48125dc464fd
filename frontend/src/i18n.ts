/** Languages: Simplified Chinese with the first load, English when asked for; kept in this browser. */
import { createI18n } from 'vue-i18n'
import { setRequestLanguage } from './api/client'
import zh from './locales/zh-CN.json'

export const LOCALES = ['zh-CN', 'en'] as const
export type Locale = (typeof LOCALES)[number]

const STORAGE_KEY = 'cuohe:locale'

export const i18n = createI18n({
  legacy: false,
  locale: 'zh-CN' as Locale,
  fallbackLocale: 'zh-CN',
  messages: { 'zh-CN': zh } as Record<Locale, typeof zh>,
})

export function storedLocale(): Locale {
  const stored = localStorage.getItem(STORAGE_KEY)
  return LOCALES.find((locale) => locale === stored) ?? 'zh-CN'
}

export async function setLocale(locale: Locale): Promise<void> {
  if (locale === 'en' && !i18n.global.availableLocales.includes('en')) {
    const messages = await import('./locales/en.json')
    i18n.global.setLocaleMessage('en', messages.default)
  }
  i18n.global.locale.value = locale
  document.documentElement.lang = locale
  localStorage.setItem(STORAGE_KEY, locale)
  setRequestLanguage(locale)
}
