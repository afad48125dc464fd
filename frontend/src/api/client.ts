/** The typed client: session cookie, CSRF token, language; failures become ApiProblem. */
import createClient, { type Middleware } from 'openapi-fetch'
import { ApiProblem, toProblem } from './problem'
import type { paths } from './schema'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

let csrfToken = ''
let language = 'zh-CN'

export function setCsrfToken(token: string): void {
  csrfToken = token
}

export function setRequestLanguage(value: string): void {
  language = value
}

/** What a write that does not go through the client (an upload with progress) must carry. */
export function writeHeaders(): Record<string, string> {
  return { 'Accept-Language': language, 'X-CSRFToken': csrfToken }
}

export function requestLanguage(): string {
  return language
}

export async function refreshCsrfToken(): Promise<void> {
  const response = await fetch('/api/v1/session', { headers: { Accept: 'application/json' } })
  if (response.ok) {
    csrfToken = ((await response.json()) as { csrf_token: string }).csrf_token
  }
}

async function isStaleToken(response: Response): Promise<boolean> {
  if (response.status !== 403) return false
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => null)
  return toProblem(403, body).code === 'csrf_failed'
}

/** Sends once more with a fresh token when another tab's login made ours stale. */
async function send(request: Request): Promise<Response> {
  if (SAFE.has(request.method)) return fetch(request)
  const again = request.clone()
  const response = await fetch(request)
  if (!(await isStaleToken(response))) return response
  await refreshCsrfToken()
  again.headers.set('X-CSRFToken', csrfToken)
  return fetch(again)
}

const headers: Middleware = {
  onRequest({ request }) {
    request.headers.set('Accept-Language', language)
    if (!SAFE.has(request.method)) request.headers.set('X-CSRFToken', csrfToken)
    return request
  },
}

export const client = createClient<paths>({
  baseUrl: typeof location === 'undefined' ? '' : location.origin,
  fetch: send,
  querySerializer: { array: { style: 'form', explode: true } },
})
client.use(headers)

/** A request outside the described API, with the same headers and the same care for CSRF. */
export function sendJson(
  method: string,
  path: string,
  body?: object,
  extra: Record<string, string> = {},
): Promise<Response> {
  const isSafe = SAFE.has(method)
  const base = typeof location === 'undefined' ? '' : location.origin
  const request = new Request(base + path, {
    method,
    headers: {
      Accept: 'application/json',
      'Accept-Language': language,
      ...(isSafe ? {} : { 'Content-Type': 'application/json', 'X-CSRFToken': csrfToken }),
      ...extra,
    },
    body: isSafe ? undefined : JSON.stringify(body ?? {}),
  })
  return send(request)
}

interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

/** The answer's data; throws ApiProblem for an error status and for an unreachable server. */
export async function call<T>(pending: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>
  try {
    answer = await pending
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError) {
      throw new ApiProblem(0, 'network')
    }
    throw error
  }
  if (!answer.response.ok) throw toProblem(answer.response.status, answer.error)
  return answer.data as T
}
