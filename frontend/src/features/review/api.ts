/** What waits for staff. */
import { call, client } from '@/api/client'
import type { Page, ReviewRow } from '@/api/types'

export function getReviewQueue(cursor?: string): Promise<Page<ReviewRow>> {
  return call(client.GET('/api/v1/review-queue', { params: { query: { cursor, limit: 30 } } }))
}
