/** An entry's files, and the changes that are made to them one by one. */
import { useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type MaybeRefOrGetter, ref, toValue } from 'vue'
import type { FilePurpose, StoredFile } from '@/api/types'
import * as api from '../api'

export function filesKey(purpose: FilePurpose, objectId: string): readonly unknown[] {
  return ['files', purpose, objectId]
}

export function useFiles(
  purpose: MaybeRefOrGetter<FilePurpose>,
  objectId: MaybeRefOrGetter<string>,
) {
  return useQuery({
    queryKey: computed(() => filesKey(toValue(purpose), toValue(objectId))),
    queryFn: () => api.listFiles(toValue(purpose), toValue(objectId)),
    enabled: computed(() => toValue(objectId) !== ''),
  })
}

export function useFileChanges(purpose: () => FilePurpose, objectId: () => string) {
  const cache = useQueryClient()
  /** Deleted on this page, and still to be brought back. */
  const deleted = ref<StoredFile[]>([])

  async function refresh(): Promise<void> {
    const queryKey = filesKey(purpose(), objectId())
    // A first answer that is still on its way was asked for before the change.
    await cache.cancelQueries({ queryKey })
    await cache.invalidateQueries({ queryKey })
    void cache.invalidateQueries({ queryKey: ['history'] })
  }

  async function remove(file: StoredFile): Promise<void> {
    await api.deleteFile(file.id)
    deleted.value = [...deleted.value, file]
    await refresh()
  }

  async function bringBack(file: StoredFile): Promise<void> {
    await api.restoreFile(file.id)
    deleted.value = deleted.value.filter((one) => one.id !== file.id)
    await refresh()
  }

  async function edit(file: StoredFile, change: Parameters<typeof api.editFile>[1]): Promise<void> {
    try {
      await api.editFile(file.id, change)
    } finally {
      await refresh()
    }
  }

  return { deleted, remove, bringBack, edit, refresh }
}
