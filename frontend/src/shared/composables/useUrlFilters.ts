/** Filters that live in the address, so that a list can be bookmarked, shared and gone back to. */
import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'

export function useUrlFilters<Name extends string>(names: readonly Name[]) {
  const route = useRoute()
  const router = useRouter()

  function read(name: Name): string {
    const value = route.query[name]
    return (Array.isArray(value) ? value[0] : value) ?? ''
  }

  const filters = computed(
    () => Object.fromEntries(names.map((name) => [name, read(name)])) as Record<Name, string>,
  )
  /** Only what is set, as a query for the API. */
  const active = computed(
    () =>
      Object.fromEntries(Object.entries(filters.value).filter(([, value]) => value)) as Partial<
        Record<Name, string>
      >,
  )
  const isFiltered = computed(() => Object.keys(active.value).length > 0)

  function set(changes: Partial<Record<Name, string>>): void {
    const query: Record<string, unknown> = { ...route.query, ...changes }
    const kept = Object.entries(query).filter(([, value]) => value)
    void router.replace({ query: Object.fromEntries(kept) as Record<string, string> })
  }

  function clear(): void {
    set(Object.fromEntries(names.map((name) => [name, ''])) as Record<Name, string>)
  }

  return { filters, active, isFiltered, set, clear }
}
