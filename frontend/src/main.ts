import './styles/element.css'
import './styles/tokens.css'
import './styles/base.css'
import './styles/controls.css'

import { VueQueryPlugin } from '@tanstack/vue-query'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { useSessionStore } from './features/session/store'
import { i18n, setLocale, storedLocale } from './i18n'
import { queryClient } from './queries'
import { router } from './router'

async function start(): Promise<void> {
  const app = createApp(App)
  app.use(createPinia()).use(i18n).use(VueQueryPlugin, { queryClient })
  await setLocale(storedLocale())
  // The guard of the first route wants to know who asks.
  await useSessionStore().load()
  app.use(router)
  await router.isReady()
  app.mount('#app')
}

void start()
