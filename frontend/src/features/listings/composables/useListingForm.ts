/**
 * The state of an entry's form: what is typed, what the server has, and how one becomes the other.
 * Drafts are saved as one types; a published entry is saved when its owner says so.
 */
import { useQueryClient } from '@tanstack/vue-query'
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { type FieldError, isProblem } from '@/api/problem'
import type { Listing, ListingKind } from '@/api/types'
import { createListing, editListing, getListing } from '../api'
import {
  blankState,
  changesSince,
  clone,
  conflicts,
  type Difference,
  editableState,
  type FormState,
  mergeInto,
  stateFrom,
} from '../content'
import { listingKey } from './useListing'
import { useBackup } from './useBackup'

const PAUSE_MS = 1200

export type SaveState = 'saved' | 'saving' | 'unsaved' | 'failed' | 'conflict'

export interface Conflict {
  base: FormState
  theirs: FormState
  version: number
  differences: Difference[]
}

export function useListingForm(kind: ListingKind, initial: Listing | null) {
  const cache = useQueryClient()
  const listing = shallowRef<Listing | null>(initial)
  const start = initial ? editableState(initial) : blankState(kind)
  const base = ref<FormState>(start)
  const form = ref<FormState>(clone(start))
  const version = ref(initial?.version ?? 0)
  const organisationId = ref(initial?.organisation.id ?? '')
  const saveState = ref<SaveState>('saved')
  const fieldErrors = ref<FieldError[]>([])
  const failure = ref<unknown>(null)
  const conflict = ref<Conflict | null>(null)
  const backup = useBackup(`${kind}:${initial?.id ?? 'new'}`)
  const foundBackup = ref(backup.read())

  const isAutosaved = computed(() => listing.value?.status !== 'published')
  const isDirty = computed(() => Object.keys(changesSince(base.value, form.value)).length > 0)

  let timer: ReturnType<typeof setTimeout> | undefined
  let running: Promise<boolean> | null = null

  function take(saved: Listing): void {
    listing.value = saved
    version.value = saved.version
    cache.setQueryData(listingKey(kind, saved.id), saved)
    void cache.invalidateQueries({ queryKey: ['listings'] })
  }

  async function send(): Promise<void> {
    const sent = clone(form.value)
    const changes = changesSince(base.value, sent)
    if (listing.value) {
      take(await editListing(kind, listing.value.id, version.value, changes))
    } else {
      take(await createListing(kind, organisationId.value, changes))
    }
    // What was typed meanwhile stays a change against what was sent.
    base.value = sent
  }

  function onFailure(error: unknown): void {
    failure.value = error
    saveState.value = 'failed'
    if (!isProblem(error)) throw error
    fieldErrors.value = error.fieldErrors.map((fault) => ({
      ...fault,
      field: fault.field.replace(/^content\./, ''),
    }))
    if (error.code === 'edit_conflict') openConflict(error.data)
  }

  function openConflict(data: Record<string, unknown>): void {
    const current = (data.current ?? {}) as Record<string, unknown>
    const levels = (current.field_levels ?? base.value.levels) as Record<string, string>
    const theirs = stateFrom(kind, current, levels)
    conflict.value = {
      base: clone(base.value),
      theirs,
      version: Number(data.current_version),
      differences: conflicts(base.value, form.value, theirs),
    }
    saveState.value = 'conflict'
  }

  /** Sends what changed. One at a time; true when the server has everything typed before. */
  async function save(): Promise<boolean> {
    clearTimeout(timer)
    if (running) await running
    if (conflict.value || (!listing.value && !organisationId.value)) return false
    if (!isDirty.value && listing.value) return true
    saveState.value = 'saving'
    failure.value = null
    fieldErrors.value = []
    running = send().then(
      () => true,
      (error: unknown) => {
        onFailure(error)
        return false
      },
    )
    const isSaved = await running
    running = null
    if (isSaved) {
      saveState.value = isDirty.value ? 'unsaved' : 'saved'
      if (!isDirty.value) backup.remove()
      else schedule()
    }
    return isSaved
  }

  function schedule(): void {
    clearTimeout(timer)
    if (isAutosaved.value && organisationId.value) timer = setTimeout(() => void save(), PAUSE_MS)
  }

  /** Goes on from the other's version with one's own changes, but for the fields given up. */
  async function resolveConflict(keepTheirs: ReadonlySet<string>): Promise<void> {
    const open = conflict.value
    if (!open) return
    form.value = mergeInto(open.base, form.value, open.theirs, keepTheirs)
    base.value = open.theirs
    version.value = open.version
    conflict.value = null
    saveState.value = isDirty.value ? 'unsaved' : 'saved'
    if (isAutosaved.value) await save()
  }

  /** Puts a copy from this browser back, on top of what the server has now. */
  function restoreBackup(): void {
    const found = foundBackup.value
    if (!found) return
    form.value = mergeInto(found.base, found.state, base.value, new Set())
    foundBackup.value = null
  }

  function dropBackup(): void {
    foundBackup.value = null
    backup.remove()
  }

  async function reload(): Promise<void> {
    if (listing.value) take(await getListing(kind, listing.value.id))
  }

  watch(
    form,
    () => {
      if (!isDirty.value) return
      if (saveState.value !== 'conflict') saveState.value = 'unsaved'
      if (!foundBackup.value) backup.write(form.value, base.value)
      schedule()
    },
    { deep: true },
  )
  watch(organisationId, () => {
    if (isDirty.value) schedule()
  })
  onScopeDispose(() => clearTimeout(timer))

  return {
    listing,
    form,
    organisationId,
    saveState,
    fieldErrors,
    failure,
    conflict,
    foundBackup,
    isDirty,
    isAutosaved,
    save,
    resolveConflict,
    restoreBackup,
    dropBackup,
    reload,
    take,
  }
}
