/** Uploads one after another, against a server that answers as it is told. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { flushPromises } from '@vue/test-utils'
import { effectScope } from 'vue'
import type { FileList } from '@/api/types'
import { useUploads } from '@/features/files/composables/useUploads'

class Server {
  static open: Server[] = []
  upload: { onprogress?: (event: { loaded: number }) => void } = {}
  onload?: () => void
  onerror?: () => void
  onabort?: () => void
  status = 0
  responseText = ''
  url = ''
  open(_: string, url: string): void {
    this.url = url
  }
  setRequestHeader(): void {
    // what is sent along is the API's test
  }
  send(): void {
    Server.open.push(this)
  }
  abort(): void {
    this.onabort?.()
  }
  answer(status: number, body: object): void {
    this.status = status
    this.responseText = JSON.stringify(body)
    this.onload?.()
  }
}

const limits = {
  items: [],
  media_types: ['application/pdf'],
  max_bytes: 1000,
  max_count: 2,
} as unknown as FileList

function pdf(name: string, size = 10): File {
  return new File([new Uint8Array(size)], name)
}

function make(ensureId: () => Promise<string | null> = () => Promise.resolve('id')) {
  const sent: string[] = []
  const scope = effectScope()
  const made = scope.run(() =>
    useUploads({
      purpose: () => 'need_attachment',
      ensureId,
      limits: () => limits,
      onSent: (name) => {
        sent.push(name)
        return Promise.resolve()
      },
    }),
  )
  if (!made) throw new Error('no scope')
  return { ...made, sent, scope }
}

describe('uploads', () => {
  beforeEach(() => {
    Server.open = []
    vi.stubGlobal('XMLHttpRequest', Server)
  })
  afterEach(() => vi.unstubAllGlobals())

  test('go one after another, and show how far they are', async () => {
    const { uploads, add, sent } = make()
    add([pdf('a.pdf'), pdf('b.pdf')])
    await flushPromises()
    expect(Server.open.length).toBe(1)
    Server.open[0]?.upload.onprogress?.({ loaded: 5 })
    expect(uploads.value.map((one) => [one.state, one.sent])).toEqual([
      ['sending', 5],
      ['waiting', 0],
    ])
    Server.open[0]?.answer(201, { id: 'x' })
    await flushPromises()
    expect(sent).toEqual(['a.pdf'])
    Server.open[1]?.answer(201, { id: 'y' })
    await flushPromises()
    expect([sent, uploads.value]).toEqual([['a.pdf', 'b.pdf'], []])
  })

  test('that fail stay with their code and hold up no other', async () => {
    const { uploads, add, sent } = make()
    add([pdf('large.pdf', 2000), pdf('macro.pdf'), pdf('good.pdf')])
    await flushPromises()
    Server.open[0]?.answer(415, { code: 'macro_file', data: {} })
    await flushPromises()
    Server.open[1]?.answer(201, { id: 'x' })
    await flushPromises()
    expect(uploads.value.map((one) => (one.error as { code: string }).code)).toEqual([
      'file_too_large',
      'macro_file',
    ])
    expect(sent).toEqual(['good.pdf'])
  })

  test('are tried again, and cancelled', async () => {
    const { uploads, add, retry, cancel, sent } = make()
    add([pdf('a.pdf')])
    await flushPromises()
    Server.open[0]?.onerror?.()
    await flushPromises()
    expect(uploads.value[0]?.state).toBe('failed')
    const [failed] = uploads.value
    if (failed) retry(failed)
    await flushPromises()
    Server.open[1]?.answer(201, { id: 'x' })
    await flushPromises()
    expect(sent).toEqual(['a.pdf'])
    add([pdf('b.pdf')])
    await flushPromises()
    const [running] = uploads.value
    if (running) cancel(running)
    await flushPromises()
    expect([uploads.value, sent]).toEqual([[], ['a.pdf']])
  })

  test('wait for nothing when the entry cannot be saved', async () => {
    const { uploads, add } = make(() => Promise.resolve(null))
    add([pdf('a.pdf')])
    await flushPromises()
    expect([uploads.value, Server.open]).toEqual([[], []])
  })

  test('end with the page', async () => {
    const { uploads, add, scope } = make()
    add([pdf('a.pdf')])
    await flushPromises()
    scope.stop()
    await flushPromises()
    expect(uploads.value).toEqual([])
  })
})
