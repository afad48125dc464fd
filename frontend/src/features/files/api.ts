/** Files of an entry: listed, described, deleted, brought back; sent with their progress shown. */
import { call, client, refreshCsrfToken, writeHeaders } from '@/api/client'
import { ApiProblem, isProblem, toProblem } from '@/api/problem'
import type { FileList, FilePurpose, StoredFile } from '@/api/types'

export function listFiles(purpose: FilePurpose, objectId: string): Promise<FileList> {
  const query = { purpose, object_id: objectId }
  return call(client.GET('/api/v1/files', { params: { query } }))
}

export function editFile(
  id: string,
  body: { caption?: string; visibility?: 'public' | 'private' },
): Promise<StoredFile> {
  return call(
    client.PATCH('/api/v1/files/{file_id}', { params: { path: { file_id: id } }, body } as never),
  )
}

export function deleteFile(id: string): Promise<unknown> {
  return call(client.DELETE('/api/v1/files/{file_id}', { params: { path: { file_id: id } } }))
}

export function restoreFile(id: string): Promise<StoredFile> {
  return call(
    client.POST('/api/v1/files/{file_id}/restoration', { params: { path: { file_id: id } } }),
  )
}

export function fileAddress(file: StoredFile): string {
  return `/api/v1/files/${file.id}`
}

export function thumbnailAddress(file: StoredFile): string {
  return `${fileAddress(file)}/thumbnail`
}

export interface Sending {
  done: Promise<StoredFile>
  cancel: () => void
}

/** `fetch` tells nothing of what has been sent, so this is an XMLHttpRequest. */
export function sendFile(
  purpose: FilePurpose,
  objectId: string,
  file: File,
  onProgress: (sent: number) => void,
): Sending {
  let request = new XMLHttpRequest()

  function attempt(): Promise<StoredFile> {
    request = new XMLHttpRequest()
    return new Promise((resolve, reject) => {
      const query = new URLSearchParams({ purpose, object_id: objectId })
      request.open('POST', `/api/v1/files?${query.toString()}`)
      for (const [name, value] of Object.entries(writeHeaders())) {
        request.setRequestHeader(name, value)
      }
      request.upload.onprogress = (event) => {
        onProgress(event.loaded)
      }
      request.onload = () => {
        const body = parsed(request.responseText)
        if (request.status === 201) resolve(body as StoredFile)
        else reject(toProblem(request.status, body))
      }
      request.onerror = () => {
        reject(new ApiProblem(0, 'network'))
      }
      request.onabort = () => {
        reject(new ApiProblem(0, 'cancelled'))
      }
      const form = new FormData()
      form.append('file', file)
      request.send(form)
    })
  }

  const done = attempt().catch(async (error: unknown) => {
    // Another tab's login made our token stale.
    if (!isProblem(error, 'csrf_failed')) throw error
    await refreshCsrfToken()
    return attempt()
  })
  return {
    done,
    cancel: () => {
      request.abort()
    },
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
