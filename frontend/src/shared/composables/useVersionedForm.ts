/** A simple form saved as a whole: what is typed, whether it is saved, and somebody else's edit. */
import { computed, ref, type Ref } from 'vue'
import { isProblem } from '@/api/problem'
import { useFormErrors } from './useFormErrors'

export function useVersionedForm<Form>(initial: Form, initialVersion: number) {
  const form = ref(JSON.parse(JSON.stringify(initial)) as Form) as Ref<Form>
  const saved = ref(JSON.stringify(initial))
  const version = ref(initialVersion)
  const isBusy = ref(false)
  const hasConflict = ref(false)
  const { errors, failure, clear, take } = useFormErrors()
  const isDirty = computed(() => JSON.stringify(form.value) !== saved.value)

  /** What `send` answers, or null when it was refused; the reasons stand at the fields. */
  async function save<T extends { version: number }>(send: () => Promise<T>): Promise<T | null> {
    clear()
    isBusy.value = true
    const sent = JSON.stringify(form.value)
    try {
      const answer = await send()
      saved.value = sent
      version.value = answer.version
      hasConflict.value = false
      return answer
    } catch (error) {
      take(error)
      if (isProblem(error, 'edit_conflict')) {
        hasConflict.value = true
        version.value = Number(error.data.current_version)
      }
      return null
    } finally {
      isBusy.value = false
    }
  }

  return { form, version, isBusy, isDirty, hasConflict, errors, failure, save }
}
