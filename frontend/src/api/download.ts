/** Files of the API: asked for like any answer, so that a refusal can be told in words, then saved. */
import { requestLanguage } from './client'
import { ApiProblem, toProblem } from './problem'

/** Saves the file under the name that the server gives it. Throws ApiProblem. */
export async function download(path: string, query: Record<string, string> = {}): Promise<void> {
  const address = new URL(path, location.origin)
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value)
  let response: Response
  let content: Blob
  try {
    response = await fetch(address, { headers: { 'Accept-Language': requestLanguage() } })
    if (!response.ok) {
      throw toProblem(response.status, await response.json().catch(() => undefined))
    }
    content = await response.blob()
  } catch (error) {
    // A file that broke off half-way is none: the reader must not take it for whole.
    if (error instanceof TypeError) throw new ApiProblem(0, 'network')
    throw error
  }
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = fileName(response.headers.get('Content-Disposition') ?? '')
  link.click()
  // The browser needs the address until the saving has begun.
  setTimeout(() => {
    URL.revokeObjectURL(link.href)
  }, 60_000)
}

/** The name as it is meant (RFC 6266), else the plain one. */
export function fileName(disposition: string): string {
  const full = /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1]
  if (full) {
    try {
      return decodeURIComponent(full)
    } catch {
      // Not what it says it is: the plain name is still good.
    }
  }
  return /filename="([^"]+)"/i.exec(disposition)?.[1] ?? 'download'
}
