/** Who asks: the account, its organisations, and what pages may offer it. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { call, client, setCsrfToken } from '@/api/client'
import { isProblem } from '@/api/problem'
import type { SessionState } from '@/api/types'
import { queryClient } from '@/queries'
import * as auth from './auth'

export const useSessionStore = defineStore('session', () => {
  const state = ref<SessionState | null>(null)
  const isReachable = ref(true)

  const user = computed(() => state.value?.user ?? null)
  const memberships = computed(() => state.value?.memberships ?? [])
  /** Viewers read along; they post nothing. */
  const editableMemberships = computed(() =>
    memberships.value.filter((membership) => membership.role !== 'viewer'),
  )
  const isStaff = computed(() => user.value?.is_staff ?? false)
  const isReviewer = computed(
    () => user.value?.staff_roles.some((r) => r === 'moderator' || r === 'administrator') ?? false,
  )
  const isAdministrator = computed(() => user.value?.staff_roles.includes('administrator') ?? false)
  const isImporter = computed(
    () => isReviewer.value || (user.value?.staff_roles.includes('equipment_officer') ?? false),
  )
  /** Staff may do nothing else before. */
  const mustSetUpSecondFactor = computed(() => user.value?.must_set_up_second_factor ?? false)
  const privacyVersion = computed(() => state.value?.privacy_version ?? '')
  const isDemo = computed(() => state.value?.demo ?? false)

  function take(answer: SessionState): void {
    state.value = answer
    setCsrfToken(answer.csrf_token)
  }

  /** A page can be read without a session; an unreachable server is told by the page itself. */
  async function load(): Promise<void> {
    try {
      take(await call(client.GET('/api/v1/session')))
      isReachable.value = true
    } catch (error) {
      if (!isProblem(error)) throw error
      isReachable.value = false
    }
  }

  /** What is still to be done; nobody is signed in before the last step. */
  async function logIn(name: string, password: string): Promise<auth.NextStep> {
    return arrive(await auth.logIn(name, password))
  }

  async function enterCode(code: string): Promise<auth.NextStep> {
    return arrive(await auth.authenticate(code))
  }

  async function arrive(step: auth.NextStep): Promise<auth.NextStep> {
    if (step === 'done') {
      queryClient.clear()
      await load()
    }
    return step
  }

  async function logOut(): Promise<void> {
    await call(client.DELETE('/api/v1/session'))
    queryClient.clear()
    await load()
  }

  function belongsTo(organisationId: string | undefined): boolean {
    return memberships.value.some((m) => m.organisation_id === organisationId)
  }

  return {
    user,
    memberships,
    editableMemberships,
    isStaff,
    isReviewer,
    isAdministrator,
    isImporter,
    isDemo,
    isReachable,
    load,
    mustSetUpSecondFactor,
    privacyVersion,
    take,
    logIn,
    enterCode,
    logOut,
    belongsTo,
  }
})
