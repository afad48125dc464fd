/** Files on their way: one is sent at a time, the others wait, what failed stays to be seen. */
import { onScopeDispose, ref } from 'vue'
import { isProblem } from '@/api/problem'
import type { FileList, FilePurpose } from '@/api/types'
import { sendFile, type Sending } from '../api'
import { faultOf } from '../limits'

export interface Upload {
  key: number
  file: File
  sent: number
  state: 'waiting' | 'sending' | 'failed'
  error: unknown
}

export function useUploads(options: {
  purpose: () => FilePurpose
  /** The entry's id; an entry that is not saved yet is saved first, or this gives null. */
  ensureId: () => Promise<string | null>
  limits: () => FileList | undefined
  onSent: (name: string) => Promise<void>
}) {
  const uploads = ref<Upload[]>([])
  let key = 0
  let isRunning = false
  let current: { key: number; sending: Sending } | null = null

  function add(files: Iterable<File>): void {
    const limits = options.limits()
    for (const file of files) {
      const ahead = uploads.value.filter((one) => one.state !== 'failed').length
      const fault = limits ? faultOf(file, limits, limits.items.length + ahead) : null
      uploads.value.push({
        key: (key += 1),
        file,
        sent: 0,
        state: fault ? 'failed' : 'waiting',
        error: fault,
      })
    }
    void run()
  }

  async function run(): Promise<void> {
    if (isRunning) return
    isRunning = true
    try {
      for (let next = waiting(); next; next = waiting()) await send(next)
    } finally {
      isRunning = false
    }
  }

  function waiting(): Upload | undefined {
    return uploads.value.find((one) => one.state === 'waiting')
  }

  async function send(upload: Upload): Promise<void> {
    upload.state = 'sending'
    try {
      const id = await options.ensureId()
      if (id === null) {
        dismiss(upload)
        return
      }
      const sending = sendFile(options.purpose(), id, upload.file, (sent) => {
        upload.sent = Math.min(sent, upload.file.size)
      })
      current = { key: upload.key, sending }
      await sending.done
      await options.onSent(upload.file.name)
      dismiss(upload)
    } catch (error) {
      if (isProblem(error, 'cancelled')) {
        dismiss(upload)
        return
      }
      upload.state = 'failed'
      upload.error = error
      if (!isProblem(error)) throw error
    } finally {
      current = null
    }
  }

  function dismiss(upload: Upload): void {
    uploads.value = uploads.value.filter((one) => one.key !== upload.key)
  }

  function cancel(upload: Upload): void {
    if (current?.key === upload.key) current.sending.cancel()
    else dismiss(upload)
  }

  function retry(upload: Upload): void {
    upload.state = 'waiting'
    upload.error = null
    upload.sent = 0
    void run()
  }

  onScopeDispose(() => current?.sending.cancel())

  return { uploads, add, cancel, retry, dismiss }
}
