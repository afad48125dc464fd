/** Arrow keys in a grid of buttons: one of them is in the tab order, the arrows move on from it. */
import { nextTick, ref } from 'vue'

export function useGridFocus(
  root: () => HTMLElement | null,
  rows: () => number,
  columns: () => number,
) {
  const current = ref({ row: 0, column: 0 })

  function moveTo(row: number, column: number): void {
    current.value = {
      row: Math.min(Math.max(row, 0), rows() - 1),
      column: Math.min(Math.max(column, 0), columns() - 1),
    }
    void nextTick(() => {
      const { row: r, column: c } = current.value
      root()?.querySelector<HTMLElement>(`[data-cell="${r}-${c}"]`)?.focus()
    })
  }

  function onKeydown(event: KeyboardEvent): void {
    const { row, column } = current.value
    const steps: Record<string, [number, number]> = {
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1],
      Home: [row, 0],
      End: [row, columns() - 1],
      PageUp: [0, column],
      PageDown: [rows() - 1, column],
    }
    const step = steps[event.key]
    if (!step) return
    event.preventDefault()
    moveTo(...step)
  }

  return { current, onKeydown }
}
