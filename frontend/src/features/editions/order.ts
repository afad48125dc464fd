/** The list with one member moved; outside its ends nothing moves. */
export function movedTo<T>(members: readonly T[], from: number, to: number): T[] {
  const moved = [...members]
  if (from < 0 || from >= moved.length || to < 0 || to >= moved.length) return moved
  moved.splice(to, 0, ...moved.splice(from, 1))
  return moved
}
