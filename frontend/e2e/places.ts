/** Every page of the platform with an address and somebody who may see it. */
import type { APIRequestContext, Browser } from '@playwright/test'
import { ADMIN, FIRM, openAs, STAFF, STATION } from './site.ts'

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

export async function allPlaces(browser: Browser, request: APIRequestContext): Promise<Place[]> {
  const need = await firstId(request, '/api/v1/needs?limit=1')
  const capability = await firstId(request, '/api/v1/capabilities?limit=1')
  const instrument = await firstId(request, '/api/v1/instruments?limit=1')
  const person = await firstId(request, '/api/v1/people?limit=1')
  const firm = await openAs(browser, { username: FIRM })
  const ownEdit = async (list: string): Promise<string> => {
    const id = await firstId(firm.request, `/api/v1${list}?mine=true&status=published&limit=1`)
    return `${list}/${id}/edit`
  }
  const copperFirm = await firstId(
    request,
    `/api/v1/organisations?q=${encodeURIComponent('新港铜业')}`,
  )
  const station = await firstId(request, '/api/v1/organisations?kind=station')
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
    { name: 'organisations', path: '/organisations' },
    { name: 'organisation', path: `/organisations/${copperFirm}` },
    { name: 'organisation-own', path: `/organisations/${copperFirm}`, username: FIRM },
    {
      name: 'organisation-members',
      path: `/organisations/${copperFirm}?view=members`,
      username: FIRM,
    },
    {
      name: 'organisation-growth',
      path: `/organisations/${copperFirm}?view=growth`,
      username: FIRM,
    },
    { name: 'organisation-edit', path: `/organisations/${copperFirm}/edit`, username: FIRM },
    { name: 'organisation-join', path: '/organisations/join?q=%E7%A4%BA%E4%BE%8B', username: FIRM },
    { name: 'organisation-propose', path: '/organisations/join?new=1', username: FIRM },
    { name: 'my-organisations', path: '/organisations/mine', username: FIRM },
    { name: 'invitation', path: '/invitation' },
    { name: 'station', path: `/stations/${station}`, username: STATION },
    { name: 'staff-organisations', path: '/staff/organisations', username: STAFF },
    { name: 'staff-doubles', path: '/staff/organisations?view=doubles', username: STAFF },
    { name: 'staff-people', path: '/staff/people', username: ADMIN },
    { name: 'search', path: `/search?q=${encodeURIComponent('怎样减少铸件废品')}` },
    { name: 'search-start', path: '/search' },
    { name: 'editions', path: '/editions' },
    { name: 'editions-empty', path: '/editions?list=capability' },
    { name: 'edition', path: `/editions/${edition}` },
    { name: 'rounds', path: '/rounds' },
    { name: 'round', path: `/rounds/${round}` },
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
    { name: 'need-edit', path: await ownEdit('/needs'), username: FIRM },
    { name: 'capability-edit', path: await ownEdit('/capabilities'), username: FIRM },
    { name: 'instrument-edit', path: `/instruments/${instrument}/edit`, username: STAFF },
    { name: 'person-edit', path: `/people/${person}/edit`, username: STAFF },
    { name: 'mine', path: '/mine', username: FIRM },
    { name: 'bookings', path: '/bookings', username: FIRM },
    { name: 'tokens', path: '/tokens', username: FIRM },
    { name: 'account', path: '/account', username: FIRM },
    { name: 'account-email', path: '/account/email', username: FIRM },
    { name: 'account-password', path: '/account/password', username: FIRM },
    { name: 'account-two-step', path: '/account/two-step', username: FIRM },
    { name: 'account-sessions', path: '/account/sessions', username: FIRM },
    { name: 'instrument-booking', path: `/instruments/${instrument}`, username: FIRM },
    { name: 'imports', path: '/imports', username: STAFF },
    { name: 'review', path: '/review', username: STAFF },
    { name: 'review-entry', path: `/review/need/${need}`, username: STAFF },
    { name: 'rounds-staff', path: '/rounds', username: STAFF },
    { name: 'round-staff', path: `/rounds/${round}`, username: STAFF },
    { name: 'round-form', path: '/rounds/new', username: STAFF },
    { name: 'need-kit', path: `/needs/${need}?view=kit` },
    { name: 'gap-map', path: '/gap-map', username: STAFF },
    { name: 'need-history', path: `/needs/${need}?view=history`, username: STAFF },
  ]
}
