/** The query cache: what is asked again, and when. */
import { QueryClient } from '@tanstack/vue-query'
import { isProblem } from './api/problem'

function isWorthRetrying(failures: number, error: unknown): boolean {
  if (failures >= 2) return false
  return isProblem(error) ? error.status === 0 || error.status >= 500 : false
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 15_000, retry: isWorthRetrying, refetchOnWindowFocus: false },
    mutations: { retry: false },
  },
})
