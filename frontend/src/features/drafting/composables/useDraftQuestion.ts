/** Asks again whenever what is written has rested for a moment; late answers to old texts are lost. */
import { onScopeDispose, ref, shallowRef, watch } from 'vue'

export const PAUSE_MS = 900

export function useDraftQuestion<Input, Answer>(
  input: () => Input | null,
  ask: (input: Input) => Promise<Answer>,
) {
  const answer = shallowRef<Answer | null>(null)
  const error = shallowRef<unknown>(null)
  const isAsking = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let asked = 0

  async function send(question: Input): Promise<void> {
    const number = ++asked
    try {
      const found = await ask(question)
      if (number !== asked) return
      answer.value = found
      error.value = null
    } catch (reason) {
      if (number !== asked) return
      error.value = reason
    }
    isAsking.value = false
  }

  function schedule(pause: number): void {
    clearTimeout(timer)
    const question = input()
    if (question === null) {
      asked++
      answer.value = null
      error.value = null
      isAsking.value = false
      return
    }
    isAsking.value = true
    timer = setTimeout(() => void send(question), pause)
  }

  // By its text: a form's objects are new with every keystroke, also in other fields.
  watch(
    () => JSON.stringify(input()),
    () => {
      schedule(PAUSE_MS)
    },
    { immediate: true },
  )
  onScopeDispose(() => {
    clearTimeout(timer)
    asked++
  })

  return {
    answer,
    error,
    isAsking,
    again: () => {
      schedule(0)
    },
  }
}
