/** Why a file was not taken in, in the reader's language. */
import { useI18n } from 'vue-i18n'
import { ApiProblem } from '@/api/problem'
import { useProblem } from '@/shared/composables/useProblem'
import { sizeOf } from '../limits'

export function useFileProblem() {
  const { t, te, locale } = useI18n()
  const { sentence } = useProblem()

  return function fileSentence(error: unknown): string {
    if (!(error instanceof ApiProblem)) return sentence(error)
    const { limit, reason } = error.data
    if (error.code === 'file_too_large' && typeof limit === 'number') {
      return t('files.too_large', { limit: sizeOf(limit, locale.value) })
    }
    if (error.code === 'too_many_files' && typeof limit === 'number') {
      return t('files.too_many', { limit })
    }
    const key = `files.reasons.${String(reason)}`
    return te(key, 'zh-CN') ? t(key) : sentence(error)
  }
}
