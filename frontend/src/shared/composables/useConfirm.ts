/** A question before a step that cannot be taken back; true when the answer is yes. */
import { ElMessageBox } from 'element-plus'
import { useI18n } from 'vue-i18n'

export function useConfirm() {
  const { t } = useI18n()

  function confirm(question: string, action: string): Promise<boolean> {
    return ElMessageBox.confirm(question, action, {
      confirmButtonText: action,
      cancelButtonText: t('actions.cancel'),
      type: 'warning',
    }).then(
      () => true,
      () => false,
    )
  }

  /** The words that were asked for, or null. Blank is no answer. */
  function ask(question: string, action: string): Promise<string | null> {
    return ElMessageBox.prompt(question, action, {
      confirmButtonText: action,
      cancelButtonText: t('actions.cancel'),
      inputType: 'textarea',
      inputValidator: (value: string) => Boolean(value?.trim()) || t('field_errors.required'),
    }).then(
      (answer) => (answer as unknown as { value: string }).value.trim(),
      () => null,
    )
  }

  return { confirm, ask }
}
