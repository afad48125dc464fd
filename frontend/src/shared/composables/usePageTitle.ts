/** The window's title: what the page shows, then the platform's name. */
import { watchEffect } from 'vue'
import { useI18n } from 'vue-i18n'

export function usePageTitle(title: () => string | null | undefined): void {
  const { t } = useI18n()
  watchEffect(() => {
    const own = title()
    document.title = own ? `${own} · ${t('app.name')}` : t('app.full_name')
  })
}
