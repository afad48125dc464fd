/** One deed at a time: asks where it cannot be undone, tells how it went, and reads again. */
import { useQueryClient } from '@tanstack/vue-query'
import { ElMessageBox } from 'element-plus'
import { ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { useProblem } from '@/shared/composables/useProblem'

export function useAct() {
  const { t } = useI18n()
  const { report, succeed } = useProblem()
  const cache = useQueryClient()
  const isBusy = ref(false)

  /** What `deed` answers; null when it was refused. All that is shown of organisations is stale. */
  async function act<T>(deed: () => Promise<T>, told?: string): Promise<T | null> {
    isBusy.value = true
    try {
      const answer = await deed()
      if (told) succeed(told)
      await cache.invalidateQueries({ queryKey: ['organisations'] })
      return answer
    } catch (error) {
      report(error)
      return null
    } finally {
      isBusy.value = false
    }
  }

  async function isSure(question: string, confirm: string): Promise<boolean> {
    return ElMessageBox.confirm(question, confirm, {
      confirmButtonText: confirm,
      cancelButtonText: t('actions.cancel'),
      type: 'warning',
    }).then(
      () => true,
      () => false,
    )
  }

  return { isBusy, act, isSure }
}
