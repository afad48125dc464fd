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
  const edition = await firstId(request, '/api/v1/editions?limit=1&status=issued')
  const round = await firstId(request, '/api/v1/rounds?limit=1')
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
    { name: 'editions', path: '/editions' },
    { name: 'editions-empty', path: '/editions?list=capability' },
    { name: 'edition', path: `/editions/${edition}` },
    { name: 'rounds', path: '/rounds' },
    { name: 'round', path: `/rounds/${round}` },
    { name: 'login', path: '/login' },
    { name: 'not-found', path: '/no-such-page' },
    { name: 'need-form', path: '/needs/new', username: FIRM },
    { name: 'capability-form', path: '/capabilities/new', username: FIRM },
    { name: 'instrument-form', path: '/instruments/new', username: FIRM },
    { name: 'person-form', path: '/people/new', username: FIRM },
    { name: 'mine', path: '/mine', username: FIRM },
    { name: 'bookings', path: '/bookings', username: FIRM },
    { name: 'tokens', path: '/tokens', username: FIRM },
    { name: 'instrument-booking', path: `/instruments/${instrument}`, username: FIRM },
    { name: 'review', path: '/review', username: STAFF },
    { name: 'review-entry', path: `/review/need/${need}`, username: STAFF },
    { name: 'rounds-staff', path: '/rounds', username: STAFF },
    { name: 'round-staff', path: `/rounds/${round}`, username: STAFF },
    { name: 'round-form', path: '/rounds/new', username: STAFF },
    { name: 'need-history', path: `/needs/${need}?view=history`, username: STAFF },
  ]
}
