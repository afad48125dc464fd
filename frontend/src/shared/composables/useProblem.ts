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

  function report(error: unknown): void {
    ElMessage({ type: 'error', message: sentence(error), duration: 6000, showClose: true })
  }

  function succeed(message: string): void {
    ElMessage({ type: 'success', message })
  }

  return { sentence, fieldSentence, report, succeed }
}
