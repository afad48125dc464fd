/** Shared instruments and their bookings. */
import { call, client } from '@/api/client'
import type { Booking, Instrument, InstrumentCalendar, InstrumentCard, Page } from '@/api/types'

export function listInstruments(
  filters: Partial<Record<string, string | boolean>>,
  cursor?: string,
): Promise<Page<InstrumentCard>> {
  const query = { ...filters, cursor, limit: 24 }
  return call(client.GET('/api/v1/instruments', { params: { query: query as never } }))
}

function instrument(id: string) {
  return { params: { path: { instrument_id: id } } }
}

export function getInstrument(id: string): Promise<Instrument> {
  return call(client.GET('/api/v1/instruments/{instrument_id}', instrument(id)))
}

export function createInstrument(organisationId: string, content: object): Promise<Instrument> {
  const body = { organisation_id: organisationId, content }
  return call(client.POST('/api/v1/instruments', { body }))
}

export function editInstrument(id: string, version: number, content: object): Promise<Instrument> {
  const path = '/api/v1/instruments/{instrument_id}'
  return call(client.PATCH(path, { ...instrument(id), body: { version, content } }))
}

export function publishInstrument(id: string): Promise<Instrument> {
  return call(client.POST('/api/v1/instruments/{instrument_id}/publication', instrument(id)))
}

export function closeInstrument(id: string): Promise<Instrument> {
  return call(client.POST('/api/v1/instruments/{instrument_id}/closure', instrument(id)))
}

export function getCalendar(id: string, from: string, days: number): Promise<InstrumentCalendar> {
  return call(
    client.GET('/api/v1/instruments/{instrument_id}/calendar', {
      params: { path: { instrument_id: id }, query: { from, days } },
    }),
  )
}

export interface NewBooking {
  organisation_id: string
  starts_at: string
  ends_at: string
  purpose: string
}

export function bookInstrument(id: string, body: NewBooking): Promise<Booking> {
  const path = '/api/v1/instruments/{instrument_id}/bookings'
  return call(client.POST(path, { ...instrument(id), body }))
}

export function listBookings(cursor?: string): Promise<Page<Booking>> {
  return call(client.GET('/api/v1/bookings', { params: { query: { cursor, limit: 30 } } }))
}

export function cancelBooking(id: string, reason: string): Promise<Booking> {
  return call(
    client.POST('/api/v1/bookings/{booking_id}/cancellation', {
      params: { path: { booking_id: id } },
      body: { reason },
    }),
  )
}
