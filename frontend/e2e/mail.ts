/** Mails as the platform writes them where no mail server is set, and the codes of a telephone. */
import { createHmac } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@playwright/test'

function folder(): string {
  const named = process.env.E2E_MAIL
  if (!named) throw new Error('E2E_MAIL must name the folder with the mails that were written.')
  return named
}

/** Bodies come as they are or in base64, as Python's library sees fit. */
function bodyOf(raw: string): string {
  const [head = '', ...rest] = raw.split(/\r?\n\r?\n/)
  const body = rest.join('\n\n')
  return /Content-Transfer-Encoding: base64/i.test(head)
    ? Buffer.from(body, 'base64').toString('utf8')
    : body
}

function links(address: string, route: string): string[] {
  let files: string[]
  try {
    files = readdirSync(folder()).filter((name) => name.endsWith('.eml'))
  } catch {
    return [] // no mail was written yet
  }
  return files
    .sort()
    .map((name) => readFileSync(join(folder(), name), 'utf8'))
    .filter((raw) => raw.includes(`To: ${address}`))
    .flatMap((raw) => bodyOf(raw).match(new RegExp(`https?://\\S+/${route}/\\S+`)) ?? [])
}

/** The path of the newest link to a route of the pages; waits for the worker to write the mail. */
export async function linkFor(address: string, route: string): Promise<string> {
  await expect.poll(() => links(address, route).length, { timeout: 30_000 }).toBeGreaterThan(0)
  const url = new URL(links(address, route).at(-1) ?? '')
  return url.pathname
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

function bytesOf(secret: string): Buffer {
  const bits = [...secret.replace(/\s/g, '')]
    .map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0'))
    .join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)))
}

/** What an authenticator app shows now, or some periods from now (RFC 6238). */
export function codeOf(secret: string, periods = 0): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + periods))
  const digest = createHmac('sha1', bytesOf(secret)).update(counter).digest()
  const offset = (digest.at(-1) ?? 0) & 15
  const number = (digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000
  return String(number).padStart(6, '0')
}
