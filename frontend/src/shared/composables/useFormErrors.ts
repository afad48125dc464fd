/** The server's verdict on a simple form: which field is wrong or missing, in words. */
import { ref } from 'vue'
import { isProblem } from '@/api/problem'
import { useProblem } from './useProblem'
import { useI18n } from 'vue-i18n'

export function useFormErrors() {
  const { t } = useI18n()
  const { sentence, fieldSentence } = useProblem()
  const errors = ref<Record<string, string>>({})
  const failure = ref('')

  function clear(): void {
    errors.value = {}
    failure.value = ''
  }

  function take(error: unknown): void {
    clear()
    failure.value = sentence(error)
    if (!isProblem(error)) return
    for (const fault of error.fieldErrors) {
      const name = fault.field.replace(/^(content|profile)\./, '').split('.')[0] ?? ''
      errors.value[name] = fieldSentence(
        fault.fault ? `${fault.code}_${fault.fault}` : fault.code,
        fault.limit,
      )
    }
    const missing = Array.isArray(error.data.missing) ? error.data.missing : []
    for (const path of missing) {
      errors.value[String(path).split('.')[0] ?? ''] = t('form.missing_here')
    }
  }

  return { errors, failure, clear, take }
}
