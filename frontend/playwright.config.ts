/** The journeys run against a site that is already up: `make e2e` starts one and names it. */
import { defineConfig } from '@playwright/test'
import { launchOptions } from './e2e/browser'

const baseURL = process.env.E2E_BASE_URL
if (!baseURL) throw new Error('E2E_BASE_URL must name a running site; `make e2e` starts one.')

// Two runs at once must not clear each other's folder; the workers inherit the name.
process.env.E2E_RUN ??= String(process.pid)

export default defineConfig({
  testDir: './e2e',
  outputDir: `./test-results/${process.env.E2E_RUN}`,
  fullyParallel: false,
  workers: 1,
  retries: 0,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  forbidOnly: true,
  reporter: [['list']],
  use: {
    baseURL,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    viewport: { width: 1280, height: 860 },
    launchOptions: await launchOptions(),
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
  },
  projects: [
    { name: 'journeys', testMatch: /.*\.journey\.ts/ },
    { name: 'screens', testMatch: /screens\.ts/ },
  ],
})
