/** What can be told of a file before it is sent; what it really is, the server finds out. */
import { ApiProblem } from '@/api/problem'
import type { FileList } from '@/api/types'

const ENDINGS: Record<string, string[]> = {
  'application/pdf': ['.pdf'],
  'image/png': ['.png'],
  'image/jpeg': ['.jpg', '.jpeg'],
  'image/webp': ['.webp'],
  'image/gif': ['.gif'],
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': ['.docx'],
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': ['.xlsx'],
  'text/plain': ['.txt', '.md', '.log'],
  'text/csv': ['.csv'],
}

type Limits = Pick<FileList, 'media_types' | 'max_bytes' | 'max_count'>

export function endingsOf(limits: Pick<Limits, 'media_types'>): string[] {
  return limits.media_types.flatMap((type) => ENDINGS[type] ?? [])
}

/** Short names for people: PDF, DOCX, JPG… */
export function kindsOf(limits: Pick<Limits, 'media_types'>): string[] {
  return limits.media_types
    .map((type) => ENDINGS[type]?.[0]?.slice(1).toUpperCase() ?? type)
    .sort((a, b) => a.localeCompare(b))
}

/** The problem that sending it would meet, so that nobody waits for it. */
export function faultOf(
  file: Pick<File, 'name' | 'size'>,
  limits: Limits,
  present: number,
): ApiProblem | null {
  if (present >= limits.max_count) {
    return new ApiProblem(409, 'too_many_files', { limit: limits.max_count })
  }
  if (file.size === 0) return new ApiProblem(415, 'file_type_not_allowed', { reason: 'empty' })
  if (file.size > limits.max_bytes) {
    return new ApiProblem(413, 'file_too_large', { limit: limits.max_bytes })
  }
  const name = file.name.toLowerCase()
  if (!endingsOf(limits).some((ending) => name.endsWith(ending))) {
    return new ApiProblem(415, 'file_type_not_allowed', { reason: 'purpose' })
  }
  return null
}

/** Bytes as KB or MB, with one decimal below ten. */
export function sizeOf(bytes: number, locale: string): string {
  const [value, unit] =
    bytes < 1_000_000 ? [Math.max(bytes / 1024, 0.1), 'KB'] : [bytes / 1024 / 1024, 'MB']
  const digits = value < 10 ? 1 : 0
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value)
  return `${number} ${unit}`
}
