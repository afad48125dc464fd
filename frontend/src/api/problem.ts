/** Errors of the API as the pages know them: a stable code and its data, never a sentence. */

export interface FieldError {
  field: string
  code: string
  limit?: number
  /** Which of a code's causes it is. */
  fault?: string
}

export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly data: Record<string, unknown> = {},
  ) {
    super(code)
    this.name = 'ApiProblem'
  }

  get fieldErrors(): FieldError[] {
    return Array.isArray(this.data.fields) ? (this.data.fields as FieldError[]) : []
  }
}

export function isProblem(error: unknown, code?: string): error is ApiProblem {
  return error instanceof ApiProblem && (code === undefined || error.code === code)
}

/** Whatever came back with an error status, as an ApiProblem. */
export function toProblem(status: number, body: unknown): ApiProblem {
  if (typeof body === 'object' && body !== null && 'code' in body) {
    const { code, data } = body as { code: unknown; data?: unknown }
    return new ApiProblem(status, String(code), (data ?? {}) as Record<string, unknown>)
  }
  return new ApiProblem(status, status >= 500 ? 'internal_error' : 'unknown')
}
