/** Lists that staff bring in. */
import { call, client } from '@/api/client'
import type { ImportCard, ImportJob, ImportKind, ImportRow, Page } from '@/api/types'

export type Outcome = ImportRow['outcome']

export interface CommitOptions {
  publish: boolean
  apply_changes: boolean
  accept_doubtful: boolean
}

const at = (import_id: string) => ({ path: { import_id } })

export function listImports(cursor?: string): Promise<Page<ImportCard>> {
  return call(client.GET('/api/v1/imports', { params: { query: { cursor, limit: 20 } } }))
}

export async function listKinds(): Promise<ImportKind[]> {
  return (await call(client.GET('/api/v1/imports/kinds'))).items
}

export function startImport(
  file: File,
  query: { kind: string; organisation_id?: string; source_note?: string },
): Promise<ImportJob> {
  const form = new FormData()
  form.append('file', file)
  return call(
    client.POST('/api/v1/imports', {
      params: { query },
      body: { file: '' },
      bodySerializer: () => form,
    }),
  )
}

export function getImport(id: string): Promise<ImportJob> {
  return call(client.GET('/api/v1/imports/{import_id}', { params: at(id) }))
}

export function mapColumns(
  id: string,
  columns: Record<string, string>,
  organisation_id?: string,
): Promise<ImportJob> {
  return call(
    client.PUT('/api/v1/imports/{import_id}/columns', {
      params: at(id),
      body: { columns, organisation_id },
    }),
  )
}

export function previewImport(id: string): Promise<ImportJob> {
  return call(client.POST('/api/v1/imports/{import_id}/preview', { params: at(id) }))
}

export function commitImport(id: string, body: CommitOptions): Promise<ImportJob> {
  return call(client.POST('/api/v1/imports/{import_id}/commit', { params: at(id), body }))
}

export function publishImport(id: string): Promise<ImportJob> {
  return call(client.POST('/api/v1/imports/{import_id}/publication', { params: at(id) }))
}

export function cancelImport(id: string): Promise<ImportJob> {
  return call(client.POST('/api/v1/imports/{import_id}/cancellation', { params: at(id) }))
}

export function listRows(
  id: string,
  outcome: Outcome | '',
  cursor?: string,
): Promise<Page<ImportRow>> {
  return call(
    client.GET('/api/v1/imports/{import_id}/rows', {
      params: { ...at(id), query: { outcome, cursor, limit: 50 } },
    }),
  )
}

export function reportAddress(id: string): string {
  return `/api/v1/imports/${id}/report`
}

export function templateAddress(kind: string): string {
  return `/api/v1/imports/kinds/${kind}/template`
}

export function searchOrganisations(q: string): Promise<{ id: string; name: string }[]> {
  return call(client.GET('/api/v1/organisations', { params: { query: { q, limit: 20 } } })).then(
    (page) => page.items,
  )
}
