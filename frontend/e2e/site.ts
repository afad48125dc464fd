/** What journeys share: the demonstration logins, signing in, languages, and a watch for errors. */
import { readFileSync } from 'node:fs'
import { type Browser, type BrowserContext, expect, type Page } from '@playwright/test'

export type Language = 'zh-CN' | 'en'

interface Login {
  username: string
  password: string
}

export const FIRM = 'demo-enterprise'
export const OTHER_FIRM = 'demo-firm'
export const STAFF = 'demo-moderator'
export const STATION = 'demo-station'
export const ADMIN = 'demo-admin'

function logins(): Login[] {
  const file = process.env.E2E_LOGINS
  if (!file) throw new Error('E2E_LOGINS must name the file with the demonstration logins.')
  return JSON.parse(readFileSync(file, 'utf8')) as Login[]
}

export function loginOf(username: string): Login {
  const found = logins().find((login) => login.username === username)
  if (!found) throw new Error(`The file with the logins has no ${username}.`)
  return found
}

/** Signs in through the page, as people do. */
export async function logIn(page: Page, username: string): Promise<void> {
  const { password } = loginOf(username)
  await page.goto('/login')
  await page.locator('#username').fill(username)
  await page.locator('#password').fill(password)
  await page.locator('form button[type=submit]').last().click()
  await expect(page.locator('[aria-controls=user-links]')).toBeVisible()
}

/** Everything that went wrong in the page and that nobody asked for. */
export function watchErrors(page: Page): string[] {
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(`exception: ${error.message}`))
  page.on('console', (message) => {
    const text = message.text()
    // Chromium reports every answer ≥ 400, also those that the page expects and shows.
    if (message.type() === 'error' && !text.startsWith('Failed to load resource')) {
      errors.push(`console: ${text}`)
    }
  })
  page.on('response', (response) => {
    if (response.status() >= 500) {
      errors.push(`${String(response.status())}: ${response.url()}`)
    }
  })
  return errors
}

const states = new Map<string, Awaited<ReturnType<BrowserContext['storageState']>>>()

export interface Reader {
  username?: string
  language?: Language
  width?: number
}

/** A browser context of its own for a reader; an account signs in once per run. */
export async function openAs(browser: Browser, reader: Reader): Promise<Page> {
  const { username, language = 'zh-CN', width = 1280 } = reader
  if (username && !states.has(username)) {
    const context = await browser.newContext()
    await logIn(await context.newPage(), username)
    states.set(username, await context.storageState())
    await context.close()
  }
  const context = await browser.newContext({
    storageState: username ? states.get(username) : undefined,
    viewport: { width, height: width < 500 ? 740 : 860 },
    locale: language,
    reducedMotion: 'reduce',
  })
  await context.addInitScript((chosen) => {
    localStorage.setItem('cuohe:locale', chosen)
  }, language)
  return context.newPage()
}

/** Waits until the page has said what it has to say. */
export async function settle(page: Page): Promise<void> {
  await expect(page.locator('main h1').first()).toBeAttached()
  await page.waitForLoadState('networkidle')
}

/** Writes through the API in the page's session: what a journey starts from, not what it is about. */
export async function send<T>(
  page: Page,
  path: string,
  data: unknown = undefined,
  method: 'post' | 'patch' = 'post',
): Promise<T> {
  const session = (await (await page.request.get('/api/v1/session')).json()) as {
    csrf_token: string
  }
  const answer = await page.request[method](`/api/v1${path}`, {
    data,
    headers: { 'X-CSRFToken': session.csrf_token, Referer: page.url() },
  })
  if (!answer.ok()) throw new Error(`${path}: ${String(answer.status())} ${await answer.text()}`)
  return (await answer.json()) as T
}

export async function read<T>(page: Page, path: string): Promise<T> {
  return (await (await page.request.get(`/api/v1${path}`)).json()) as T
}

interface Session {
  memberships: { organisation_id: string }[]
}

/** A complete draft of a need of the reader's first organisation. */
export async function draftNeed(page: Page, title: string): Promise<string> {
  const { memberships } = await read<Session>(page, '/session')
  const { id } = await send<{ id: string }>(page, '/needs', {
    organisation_id: memberships[0]?.organisation_id,
    content: {
      title,
      kind: 'technology',
      chain: 'grain_processing',
      problem: '碾米后碎米率波动大，人工看样两小时一次，发现偏高时已出一批。',
      indicators: [{ name: '碎米率', comparator: 'le', value: 5, unit: '%' }],
      budget_max: 200000,
      due_on: '2199-12-31',
      ip_stance: 'negotiable',
      contact_name: '陈工',
      contact_phone: '0714-0000000',
    },
  })
  return id
}

/** The same, handed in. */
export async function submittedNeed(page: Page, title: string): Promise<string> {
  const id = await draftNeed(page, title)
  await send(page, `/needs/${id}/submission`)
  return id
}
