/** Where a link or a login leads next: only a path of our own. */
import type { LocationQueryValue } from 'vue-router'

export function destinationOf(next: LocationQueryValue | LocationQueryValue[] | undefined): string {
  const wanted = String(next ?? '/')
  return /^\/(?![/\\])/.test(wanted) ? wanted : '/'
}

/** Pages of the server itself, which the router does not know. */
export function isOfServer(path: string): boolean {
  return /^\/(admin|api)\//.test(path)
}
