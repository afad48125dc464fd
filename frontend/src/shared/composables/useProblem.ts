/** A failure in words: the sentence for its code, in the reader's language. */
import { ElMessage } from 'element-plus'
import { useI18n } from 'vue-i18n'
import { ApiProblem } from '@/api/problem'

export function useProblem() {
  const { t, te } = useI18n()

  function sentence(error: unknown): string {
    if (!(error instanceof ApiProblem)) return t('errors.unknown')
    const key = `errors.${error.code}`
    return te(key, 'zh-CN') ? t(key, error.data as Record<string, string>) : t('errors.unknown')
  }

  function fieldSentence(code: string, limit?: number): string {
    const key = `field_errors.${code}`
    return te(key, 'zh-CN') ? t(key, { limit: limit ?? '' }) : t('field_errors.invalid')
  }

  /** `nameOf` turns what is missing into the words that the form uses. */
  function report(error: unknown, nameOf?: (field: string) => string): void {
    const missing = error instanceof ApiProblem ? error.data.missing : undefined
    const message =
      nameOf && Array.isArray(missing) && missing.length
        ? t('form.incomplete', { fields: missing.map(String).map(nameOf).join(t('states.comma')) })
        : sentence(error)
    ElMessage({ type: 'error', message, duration: 6000, showClose: true })
  }

  function succeed(message: string): void {
    ElMessage({ type: 'success', message })
  }

  return { sentence, fieldSentence, report, succeed }
}
