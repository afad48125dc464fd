/** Every page of the platform with an address and somebody who may see it. */
import type { APIRequestContext } from '@playwright/test'
import { FIRM, STAFF } from './site.ts'

export interface Place {
  name: string
  path: string
  username?: string
}

async function firstId(request: APIRequestContext, path: string): Promise<string> {
  const answer = (await (await request.get(path)).json()) as { items: { id: string }[] }
  const id = answer.items[0]?.id
  if (!id) throw new Error(`${path} lists nothing: is the demonstration data loaded?`)
  return id
}

export async function allPlaces(request: APIRequestContext): Promise<Place[]> {
  const need = await firstId(request, '/api/v1/needs?limit=1')
  const capability = await firstId(request, '/api/v1/capabilities?limit=1')
  const instrument = await firstId(request, '/api/v1/instruments?limit=1')
  const person = await firstId(request, '/api/v1/people?limit=1')
  return [
    { name: 'home', path: '/' },
    { name: 'needs', path: '/needs' },
    { name: 'needs-empty', path: '/needs?q=zzzzzz' },
    { name: 'need', path: `/needs/${need}` },
    { name: 'capabilities', path: '/capabilities' },
    { name: 'capability', path: `/capabilities/${capability}` },
    { name: 'instruments', path: '/instruments' },
    { name: 'instrument', path: `/instruments/${instrument}` },
    { name: 'people', path: '/people' },
    { name: 'person', path: `/people/${person}` },
    { name: 'search', path: `/search?q=${encodeURIComponent('怎样减少铸件废品')}` },
    { name: 'search-start', path: '/search' },
    { name: 'login', path: '/login' },
    { name: 'sign-up', path: '/sign-up' },
    { name: 'forgot-password', path: '/forgot-password' },
    { name: 'reset-password', path: '/reset-password/1-2-3' },
    { name: 'verify-email', path: '/verify-email/abc' },
    { name: 'privacy', path: '/privacy' },
    { name: 'not-found', path: '/no-such-page' },
    { name: 'need-form', path: '/needs/new', username: FIRM },
    { name: 'capability-form', path: '/capabilities/new', username: FIRM },
    { name: 'instrument-form', path: '/instruments/new', username: FIRM },
    { name: 'person-form', path: '/people/new', username: FIRM },
    { name: 'mine', path: '/mine', username: FIRM },
    { name: 'bookings', path: '/bookings', username: FIRM },
    { name: 'tokens', path: '/tokens', username: FIRM },
    { name: 'account', path: '/account', username: FIRM },
    { name: 'account-email', path: '/account/email', username: FIRM },
    { name: 'account-password', path: '/account/password', username: FIRM },
    { name: 'account-two-step', path: '/account/two-step', username: FIRM },
    { name: 'account-sessions', path: '/account/sessions', username: FIRM },
    { name: 'instrument-booking', path: `/instruments/${instrument}`, username: FIRM },
    { name: 'review', path: '/review', username: STAFF },
    { name: 'review-entry', path: `/review/need/${need}`, username: STAFF },
    { name: 'need-history', path: `/needs/${need}?view=history`, username: STAFF },
  ]
}
