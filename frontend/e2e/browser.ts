/**
 * Which Chromium the journeys drive: the system's when there is one, else the one that npm carries,
 * unpacked once and given a Chinese font, so that no root and no download is needed.
 */
import { createRequire } from 'node:module'
import { spawnSync } from 'node:child_process'
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { LaunchOptions } from '@playwright/test'
import { unpackWoff } from './woff.ts'

const require = createRequire(import.meta.url)
const CACHE = resolve(dirname(fileURLToPath(import.meta.url)), '../node_modules/.cache/chromium')
const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']

// The site under test is on this machine; the browser has no business anywhere else.
const QUIET = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
]

function onPath(name: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}

function systemChromium(): string | undefined {
  const named = process.env.CHROMIUM_PATH
  if (named) {
    if (!existsSync(named)) throw new Error(`CHROMIUM_PATH names ${named}, which does not exist.`)
    return named
  }
  return NAMES.map(onPath).find((file) => file !== undefined)
}

/** Unpacks into a folder aside and renames it, so that an interrupted run leaves no half browser. */
async function packagedChromium(): Promise<string> {
  const packageFile = require.resolve('@sparticuz/chromium')
  const { version } = require(join(dirname(packageFile), '../package.json')) as { version: string }
  const home = join(CACHE, version)
  if (!existsSync(home)) {
    const aside = `${home}.${String(process.pid)}`
    mkdirSync(aside, { recursive: true })
    const { default: chromium, inflate } = await import('@sparticuz/chromium')
    const before = process.env.TMPDIR
    // The package always unpacks into the temporary folder, whatever already lies there.
    process.env.TMPDIR = aside
    try {
      await chromium.executablePath()
      await inflate(join(dirname(packageFile), '../bin/al2023.tar.br'))
    } finally {
      if (before === undefined) delete process.env.TMPDIR
      else process.env.TMPDIR = before
    }
    addFonts(aside, home)
    try {
      renameSync(aside, home)
    } catch (error) {
      if (!existsSync(home)) throw error
      rmSync(aside, { recursive: true }) // another run was first
    }
  }
  return home
}

/** Of the font's many subsets, the two weights that the pages use, in Chinese and Latin. */
function addFonts(folder: string, home: string): void {
  const files = join(dirname(require.resolve('@fontsource/noto-sans-sc/package.json')), 'files')
  for (const subset of ['chinese-simplified', 'latin']) {
    for (const weight of ['400', '700']) {
      const name = `noto-sans-sc-${subset}-${weight}-normal`
      const font = unpackWoff(readFileSync(join(files, `${name}.woff`)))
      writeFileSync(join(folder, 'fonts', `${name}.ttf`), font)
    }
  }
  writeFileSync(
    join(folder, 'fonts.conf'),
    `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(home, 'fonts')}</dir>
  <cachedir>${join(home, 'fontcache')}</cachedir>
</fontconfig>
`,
  )
}

/** What Playwright needs to launch a browser here. Throws one sentence when none can run. */
export async function launchOptions(): Promise<LaunchOptions> {
  const isRoot = process.getuid?.() === 0
  const sandbox = isRoot ? ['--no-sandbox'] : []
  const system = systemChromium()
  if (system) return { executablePath: system, args: [...QUIET, ...sandbox] }
  const home = await packagedChromium()
  const executablePath = join(home, 'chromium')
  const env = {
    ...(process.env as Record<string, string>),
    FONTCONFIG_FILE: join(home, 'fonts.conf'),
    LD_LIBRARY_PATH: [join(home, 'al2023/lib'), process.env.LD_LIBRARY_PATH]
      .filter(Boolean)
      .join(delimiter),
  }
  const probe = spawnSync(executablePath, ['--version', '--no-sandbox'], { env, encoding: 'utf8' })
  if (probe.status !== 0) {
    throw new Error(
      `No Chromium runs here: install one (or name it in CHROMIUM_PATH). ${probe.stderr ?? ''}`,
    )
  }
  return {
    executablePath,
    env,
    args: [
      ...QUIET,
      '--no-sandbox',
      '--headless=shell',
      '--no-zygote',
      '--font-render-hinting=none',
    ],
  }
}
