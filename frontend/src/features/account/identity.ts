/** Asks again who it is where the server wants to know, then goes on with what was asked for. */
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { isProblem } from '@/api/problem'

interface Question {
  methods: string[]
  answer: (isConfirmed: boolean) => void
}

export const useIdentityStore = defineStore('identity', () => {
  const question = shallowRef<Question | null>(null)

  function ask(methods: string[]): Promise<boolean> {
    return new Promise((resolve) => {
      question.value = {
        methods,
        answer: (isConfirmed) => {
          question.value = null
          resolve(isConfirmed)
        },
      }
    })
  }

  /** The action's result; undefined when the person would not say who it is. */
  async function confirmed<T>(action: () => Promise<T>): Promise<T | undefined> {
    try {
      return await action()
    } catch (error) {
      if (!isProblem(error, 'reauthentication_required')) throw error
      const methods = Array.isArray(error.data.methods) ? (error.data.methods as string[]) : []
      return (await ask(methods)) ? action() : undefined
    }
  }

  return { question, confirmed }
})
