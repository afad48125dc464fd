/**
 * Signing in and everything about one's account, as far as the pages use it: django-allauth's API
 * for browsers. It is not in the platform's own description, so its answers are typed here.
 * Failures are problems like everywhere else; a 401 that is none names the next step.
 */
import { sendJson } from '@/api/client'
import { ApiProblem, toProblem } from '@/api/problem'

const BASE = '/api/auth/browser/v1'

export type NextStep = 'done' | 'mfa_authenticate' | 'verify_email' | 'login'

interface Body<D, M = unknown> {
  data: D
  meta: M
}

interface Flows {
  flows?: { id: string; is_pending?: boolean }[]
}

export interface UserSession {
  id: number
  user_agent: string
  ip: string
  created_at: number
  last_seen_at?: number
  is_current: boolean
}

export interface EmailAddress {
  email: string
  verified: boolean
  primary: boolean
}

export interface OfferedFactor {
  secret: string
  totp_url: string
  totp_svg: string
}

export interface RecoveryCodes {
  total_code_count: number
  unused_code_count: number
  /** Only the first time that somebody looks. */
  unused_codes?: string[]
}

interface Asked<D, M> {
  status: number
  body: Body<D, M>
}

async function ask<D, M = unknown>(
  method: string,
  path: string,
  body?: object,
  headers?: Record<string, string>,
): Promise<Asked<D, M>> {
  let response: Response
  try {
    response = await sendJson(method, `${BASE}/${path}`, body, headers)
  } catch (error) {
    if (error instanceof TypeError) throw new ApiProblem(0, 'network')
    throw error
  }
  const answer: unknown = await response.json().catch(() => null)
  const isProblem = response.headers.get('Content-Type')?.includes('problem') ?? false
  if (isProblem || response.status >= 500 || answer === null) {
    throw toProblem(response.status, answer)
  }
  return { status: response.status, body: answer as Body<D, M> }
}

function stepOf({ status, body }: Asked<Flows, unknown>): NextStep {
  if (status === 200) return 'done'
  const pending = body.data.flows?.find((flow) => flow.is_pending)?.id
  return pending === 'mfa_authenticate' || pending === 'verify_email' ? pending : 'login'
}

// --- signing in and up ---

export async function logIn(name: string, password: string): Promise<NextStep> {
  return stepOf(await ask('POST', 'auth/login', { username: name, password }))
}

export async function authenticate(code: string): Promise<NextStep> {
  return stepOf(await ask('POST', 'auth/2fa/authenticate', { code }))
}

export interface SignUp {
  email: string
  password: string
  display_name: string
  privacy_version: string
}

export async function signUp(values: SignUp): Promise<NextStep> {
  return stepOf(await ask('POST', 'auth/signup', values))
}

/** The address that a link proves; throws link_expired. */
export async function lookAtEmailKey(key: string): Promise<string> {
  const headers = { 'X-Email-Verification-Key': key }
  const { body } = await ask<{ email: string }>('GET', 'auth/email/verify', undefined, headers)
  return body.data.email
}

export async function verifyEmail(key: string): Promise<void> {
  await ask('POST', 'auth/email/verify', { key })
}

// --- passwords ---

export async function requestReset(email: string): Promise<void> {
  await ask('POST', 'auth/password/request', { email })
}

/** Throws link_expired unless the link still works. */
export async function lookAtResetKey(key: string): Promise<void> {
  await ask('GET', 'auth/password/reset', undefined, { 'X-Password-Reset-Key': key })
}

export async function resetPassword(key: string, password: string): Promise<void> {
  await ask('POST', 'auth/password/reset', { key, password })
}

export async function changePassword(current: string, next: string): Promise<void> {
  await ask('POST', 'account/password/change', { current_password: current, new_password: next })
}

// --- the address ---

export async function listEmails(): Promise<EmailAddress[]> {
  return (await ask<EmailAddress[]>('GET', 'account/email')).body.data
}

/** Takes the place of the present one once it is proven. */
export async function changeEmail(email: string): Promise<EmailAddress[]> {
  return (await ask<EmailAddress[]>('POST', 'account/email', { email })).body.data
}

export async function resendMail(email: string): Promise<void> {
  await ask('PUT', 'account/email', { email })
}

export async function dropEmail(email: string): Promise<void> {
  await ask('DELETE', 'account/email', { email })
}

// --- the second factor ---

/** A secret to set up, or null when it is on already. */
export async function offerFactor(): Promise<OfferedFactor | null> {
  const { status, body } = await ask<unknown, OfferedFactor>('GET', 'account/authenticators/totp')
  return status === 404 ? body.meta : null
}

export async function activateFactor(code: string): Promise<void> {
  await ask('POST', 'account/authenticators/totp', { code })
}

export async function deactivateFactor(): Promise<void> {
  await ask('DELETE', 'account/authenticators/totp')
}

export async function lookAtRecoveryCodes(): Promise<RecoveryCodes> {
  return (await ask<RecoveryCodes>('GET', 'account/authenticators/recovery-codes')).body.data
}

export async function renewRecoveryCodes(): Promise<RecoveryCodes> {
  return (await ask<RecoveryCodes>('POST', 'account/authenticators/recovery-codes')).body.data
}

// --- who it is, once more ---

export async function confirmByPassword(password: string): Promise<void> {
  await ask('POST', 'auth/reauthenticate', { password })
}

export async function confirmByCode(code: string): Promise<void> {
  await ask('POST', 'auth/2fa/reauthenticate', { code })
}

// --- sessions ---

export async function listSessions(): Promise<UserSession[]> {
  return (await ask<UserSession[]>('GET', 'auth/sessions')).body.data
}

export async function endSessions(ids: number[]): Promise<void> {
  await ask('DELETE', 'auth/sessions', { sessions: ids })
}
