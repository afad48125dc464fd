/** A copy of what is being typed in this browser, until the server has it. */
import { isSame, type FormState } from '../content'

const PREFIX = 'cuohe:backup:'

export interface Backup {
  state: FormState
  base: FormState
  savedAt: string
}

export function useBackup(key: string) {
  const storageKey = PREFIX + key

  function read(): Backup | null {
    try {
      const text = localStorage.getItem(storageKey)
      return text ? (JSON.parse(text) as Backup) : null
    } catch (error) {
      if (error instanceof SyntaxError) return null
      throw error
    }
  }

  function write(state: FormState, base: FormState): void {
    if (isSame(state, base)) {
      remove()
      return
    }
    try {
      const backup: Backup = { state, base, savedAt: new Date().toISOString() }
      localStorage.setItem(storageKey, JSON.stringify(backup))
    } catch (error) {
      // A full or forbidden storage loses the copy, not the work.
      if (!(error instanceof DOMException)) throw error
    }
  }

  function remove(): void {
    localStorage.removeItem(storageKey)
  }

  return { read, write, remove }
}
