/** One import: asked again while a worker is at it, and the steps that a person takes. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type MaybeRefOrGetter, toValue } from 'vue'
import type { ImportJob } from '@/api/types'
import { getImport, listKinds } from '../api'

const RUNNING = new Set(['previewing', 'committing', 'publishing'])
const POLL_MS = 1000

export function isRunning(job: { status: string } | undefined): boolean {
  return job !== undefined && RUNNING.has(job.status)
}

export function useImportKinds() {
  return useQuery({ queryKey: ['import-kinds'], queryFn: listKinds, staleTime: Infinity })
}

export function useImport(id: MaybeRefOrGetter<string>) {
  const cache = useQueryClient()
  const key = computed(() => ['import', toValue(id)])
  const query = useQuery({
    queryKey: key,
    queryFn: () => getImport(toValue(id)),
    refetchInterval: (found) => (isRunning(found.state.data) ? POLL_MS : false),
  })
  const step = useMutation({
    mutationFn: (run: () => Promise<ImportJob>) => run(),
    onSuccess: (job) => {
      cache.setQueryData(key.value, job)
      void cache.invalidateQueries({ queryKey: ['imports'] })
      void cache.invalidateQueries({ queryKey: ['import-rows'] })
    },
  })
  return { ...query, step }
}
