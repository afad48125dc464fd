/** Both languages say the same things, no key is missing, and none is left over. */
import { describe, expect, test } from 'vitest'
import en from '@/locales/en.json'
import zh from '@/locales/zh-CN.json'

type Messages = { [key: string]: string | Messages }

function flatten(messages: Messages, prefix = ''): Map<string, string> {
  const found = new Map<string, string>()
  for (const [key, value] of Object.entries(messages)) {
    if (typeof value === 'string') found.set(prefix + key, value)
    else for (const [inner, text] of flatten(value, `${prefix}${key}.`)) found.set(inner, text)
  }
  return found
}

const sources = import.meta.glob('../src/**/*.{vue,ts}', {
  query: '?raw',
  import: 'default',
  eager: true,
}) as Record<string, string>
const code = Object.entries(sources)
  .filter(([path]) => !path.endsWith('schema.d.ts'))
  .map(([, text]) => text)
  .join('\n')

const chinese = flatten(zh)
const english = flatten(en)
/** Keys written out, and the beginnings of keys that are put together. */
const written = new Set(
  [...code.matchAll(/['"`]([a-z_]+(?:\.[a-z_0-9]+)+)['"`]/g)].map((match) => match[1] ?? ''),
)
const begun = [...code.matchAll(/`([a-z_]+(?:\.[a-z_]+)*[._])\$\{/g)].map((match) => match[1] ?? '')

function placeholders(text: string): string[] {
  return [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? ''))].sort()
}

describe('locales', () => {
  test('have the same keys', () => {
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort())
  })

  test('say nothing empty', () => {
    const empty = [...chinese, ...english].filter(([, text]) => !text.trim())
    expect(empty).toEqual([])
  })

  test('name only values that the other language could name too', () => {
    // Amounts differ on purpose: 万元 in Chinese, thousands in English.
    const differing = [...chinese]
      .filter(([key]) => !key.startsWith('money.') && key !== 'filters.up_to_wan')
      .filter(([key, text]) => {
        return placeholders(text).join() !== placeholders(english.get(key) ?? '').join()
      })
    expect(differing).toEqual([])
  })

  test('have every key that the pages ask for', () => {
    const calls = [...code.matchAll(/\$?\bt\(\s*['"]([^'"]+)['"]/g)].map((match) => match[1] ?? '')
    expect(calls.length).toBeGreaterThan(200)
    expect(calls.filter((key) => !chinese.has(key))).toEqual([])
    expect(begun.filter((start) => ![...chinese.keys()].some((k) => k.startsWith(start)))).toEqual(
      [],
    )
  })

  test('have no key that no page asks for', () => {
    const unused = [...chinese.keys()].filter(
      (key) => !written.has(key) && !begun.some((start) => key.startsWith(start)),
    )
    expect(unused).toEqual([])
  })
})
