/** The form against a server of two entries' worth: the network is the only thing replaced. */
import { VueQueryPlugin } from '@tanstack/vue-query'
import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { defineComponent, h } from 'vue'
import type { Listing } from '@/api/types'
import { useListingForm } from '@/features/listings/composables/useListingForm'

interface Sent {
  method: string
  path: string
  body: { version?: number; content: Record<string, unknown> }
}

const ID = '01900000-0000-7000-8000-000000000001'

function listing(version: number, content: object = {}): Listing {
  return {
    id: ID,
    listing_kind: 'need',
    organisation: { id: 'o', name: '示例', short_name: '', kind: 'enterprise' },
    status: 'draft',
    version,
    content,
    field_levels: {},
    hidden_fields: [],
    return_edits: [],
    missing: [],
    pending_revision: null,
    allowed_actions: ['edit', 'submit'],
  } as unknown as Listing
}

let sent: Sent[] = []
let answers: { status: number; body: unknown }[] = []

async function network(request: Request): Promise<Response> {
  const body = (await request.json()) as Sent['body']
  sent.push({ method: request.method, path: new URL(request.url).pathname, body })
  const { status, body: answer } = answers.shift() ?? { status: 500, body: {} }
  return Response.json(answer as object, { status })
}

function open(initial: Listing | null) {
  let form!: ReturnType<typeof useListingForm>
  mount(
    defineComponent({
      setup() {
        form = useListingForm('need', initial)
        return () => h('div')
      },
    }),
    { global: { plugins: [VueQueryPlugin] } },
  )
  return form
}

/** Lets the pause after typing pass, and everything that it sets off. */
async function pause(): Promise<void> {
  await flushPromises()
  await vi.advanceTimersByTimeAsync(1500)
  vi.useRealTimers()
  await new Promise((resolve) => setTimeout(resolve, 20))
  await flushPromises()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
}

beforeEach(() => {
  sent = []
  answers = []
  localStorage.clear()
  vi.stubGlobal('fetch', network)
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('a draft', () => {
  test('is created once typing pauses, then edited from the version it got', async () => {
    answers = [
      { status: 201, body: listing(1) },
      { status: 200, body: listing(2) },
    ]
    const form = open(null)
    form.organisationId.value = 'o'
    form.form.value.content.title = '在线测温'
    await flushPromises()
    expect(form.saveState.value).toBe('unsaved')
    await pause()
    expect(form.saveState.value).toBe('saved')
    form.form.value.content.goals = '少停机'
    await pause()
    expect(sent.map(({ method }) => method)).toEqual(['POST', 'PATCH'])
    expect(sent[1]?.body).toEqual({ version: 1, content: { goals: '少停机' } })
  })

  test('leaves a copy in the browser when it cannot be saved', async () => {
    answers = [{ status: 401, body: { code: 'not_authenticated', data: {} } }]
    const form = open(listing(1))
    form.form.value.content.title = '不要丢'
    await pause()
    expect(form.saveState.value).toBe('failed')
    const again = open(listing(1))
    expect(again.foundBackup.value).not.toBeNull()
    again.restoreBackup()
    expect(again.form.value.content.title).toBe('不要丢')
  })

  test('shows the server’s verdict at the fields', async () => {
    const fields = [{ field: 'due_on', code: 'date_in_past' }]
    answers = [{ status: 422, body: { code: 'invalid_input', data: { fields } } }]
    const form = open(listing(1))
    form.form.value.content.due_on = '2001-01-01'
    await pause()
    expect(form.fieldErrors.value).toEqual(fields)
  })
})

describe('somebody else’s edit', () => {
  const conflict = {
    status: 409,
    body: {
      code: 'edit_conflict',
      data: { current_version: 5, current: { title: '对方', goals: '对方的目标' } },
    },
  }

  test('is told, loses nothing, and the merged content goes on from the new version', async () => {
    answers = [conflict, { status: 200, body: listing(6) }]
    const form = open(listing(1, { title: '旧', goals: '' }))
    form.form.value.content.title = '我'
    await pause()
    expect(form.saveState.value).toBe('conflict')
    expect(form.conflict.value?.differences).toEqual([
      { name: 'title', mine: '我', theirs: '对方' },
    ])
    vi.useRealTimers()
    await form.resolveConflict(new Set())
    expect(form.form.value.content).toMatchObject({ title: '我', goals: '对方的目标' })
    expect(sent.at(-1)?.body).toEqual({ version: 5, content: { title: '我' } })
  })

  test('may be preferred to one’s own', async () => {
    answers = [conflict]
    const form = open(listing(1, { title: '旧', goals: '' }))
    form.form.value.content.title = '我'
    await pause()
    vi.useRealTimers()
    await form.resolveConflict(new Set(['title']))
    expect(form.form.value.content.title).toBe('对方')
    expect(form.isDirty.value).toBe(false)
    expect(sent).toHaveLength(1)
  })
})
