import { describe, expect, test } from 'vitest'
import { deviceOf } from '@/features/account/devices'
import { destinationOf, isOfServer } from '@/features/session/destination'

const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)'

describe('a device', () => {
  test.each([
    [`${WINDOWS} Chrome/150.0.0.0 Safari/537.36`, 'Chrome · Windows'],
    [`${WINDOWS} Chrome/150.0.0.0 Safari/537.36 Edg/150.0`, 'Edge · Windows'],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox · Linux'],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 MicroMessenger/8.0.60',
      'WeChat · iOS',
    ],
    ['Mozilla/5.0 (Linux; Android 15) Chrome/150.0 Mobile Safari/537.36', 'Chrome · Android'],
    ['curl/8.14', 'curl/8.14'],
  ])('%s', (userAgent, words) => {
    expect(deviceOf(userAgent)).toBe(words)
  })
})

describe('where a login leads', () => {
  test.each([
    ['/needs?q=1', '/needs?q=1'],
    ['//evil.example', '/'],
    ['/\\evil.example', '/'],
    ['https://evil.example', '/'],
    [undefined, '/'],
  ])('%s', (next, path) => {
    expect(destinationOf(next)).toBe(path)
  })

  test('pages of the server are not the router’s', () => {
    expect(isOfServer('/admin/accounts/user/')).toBe(true)
    expect(isOfServer('/administration')).toBe(false)
  })
})
