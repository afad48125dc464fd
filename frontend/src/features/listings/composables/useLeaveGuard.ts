/** Nobody leaves unsaved work without being asked. */
import { ElMessageBox } from 'element-plus'
import { onBeforeUnmount, onMounted } from 'vue'
import { useI18n } from 'vue-i18n'
import { onBeforeRouteLeave } from 'vue-router'

export function useLeaveGuard(isDirty: () => boolean, trySaving: () => Promise<boolean>): void {
  const { t } = useI18n()

  function onUnload(event: BeforeUnloadEvent): void {
    if (isDirty()) event.preventDefault()
  }

  onMounted(() => window.addEventListener('beforeunload', onUnload))
  onBeforeUnmount(() => window.removeEventListener('beforeunload', onUnload))

  onBeforeRouteLeave(async () => {
    if (!isDirty() || (await trySaving())) return true
    return ElMessageBox.confirm(t('form.leave_question'), t('form.leave_title'), {
      confirmButtonText: t('form.leave'),
      cancelButtonText: t('form.stay'),
      type: 'warning',
    }).then(
      () => true,
      () => false,
    )
  })
}
