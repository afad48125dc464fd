/** Organisations: the directory, members, growth, stations, and what staff do with them. */
import { call, client } from '@/api/client'
import type { components } from '@/api/schema'

type Schemas = components['schemas']

export type OrganisationRow = Schemas['OrganisationRow']
export type OrganisationDetail = Schemas['OrganisationDetail']
export type Profile = Schemas['ProfileIn']
export type MemberRow = Schemas['MemberRow']
export type JoinRow = Schemas['JoinRow']
export type InvitationRow = Schemas['InvitationRow']
export type FactRow = Schemas['FactRow']
export type FactSpec = Schemas['FactSpecRow']
export type NewFact = Schemas['NewFact']
export type LadderRow = Schemas['LadderRow']
export type JudgedCondition = Schemas['JudgedCondition']
export type HeldTierRow = Schemas['HeldTierRow']
export type NewTier = Schemas['NewTier']
export type StationEntry = Schemas['StationEntry']
export type WaitingOrganisation = Schemas['WaitingOrganisation']
export type WaitingChange = Schemas['WaitingChange']
export type DoubleRow = Schemas['DoubleRow']
export type StaffRow = Schemas['StaffRow']
export type Role = Schemas['RoleRequest']['role']
export type StaffRole = Schemas['StaffRoles']['roles'][number]

type Filters = Partial<Record<string, string>>

const of = (id: string) => ({ params: { path: { organisation_id: id } } })
const request = (id: string) => ({ params: { path: { request_id: id } } })
const change = (id: string) => ({ params: { path: { change_id: id } } })

export const listOrganisations = (filters: Filters, cursor?: string, limit = 24) =>
  call(
    client.GET('/api/v1/organisations', {
      params: { query: { ...filters, cursor, limit } as never },
    }),
  )
export const getOrganisation = (id: string) =>
  call(client.GET('/api/v1/organisations/{organisation_id}', of(id)))
export const proposeOrganisation = (profile: Profile, isAnother: boolean) =>
  call(client.POST('/api/v1/organisations', { body: { profile, is_another: isAnother } }))
export const createOrganisation = (profile: Profile) =>
  call(client.POST('/api/v1/staff/organisations', { body: profile }))
export const editOrganisation = (id: string, version: number, profile: Profile) =>
  call(
    client.PATCH('/api/v1/organisations/{organisation_id}', {
      ...of(id),
      body: { version, profile },
    }),
  )
export const askForVerification = (id: string) =>
  call(client.POST('/api/v1/organisations/{organisation_id}/verification-request', of(id)))
export const verifyOrganisation = (id: string) =>
  call(client.POST('/api/v1/organisations/{organisation_id}/verification', of(id)))
export const rejectOrganisation = (id: string, reason: string) =>
  call(
    client.POST('/api/v1/organisations/{organisation_id}/rejection', {
      ...of(id),
      body: { reason },
    }),
  )

export const listMembers = (id: string) =>
  call(client.GET('/api/v1/organisations/{organisation_id}/members', of(id)))
const member = (id: string, userId: string) => ({
  params: { path: { organisation_id: id, user_id: userId } },
})
export const changeRole = (id: string, userId: string, role: Role) =>
  call(
    client.PUT('/api/v1/organisations/{organisation_id}/members/{user_id}', {
      ...member(id, userId),
      body: { role },
    }),
  )
export const removeMember = (id: string, userId: string) =>
  call(
    client.DELETE('/api/v1/organisations/{organisation_id}/members/{user_id}', member(id, userId)),
  )
export const listJoinRequests = (id: string) =>
  call(client.GET('/api/v1/organisations/{organisation_id}/join-requests', of(id)))
export const requestToJoin = (id: string, message: string) =>
  call(
    client.POST('/api/v1/organisations/{organisation_id}/join-requests', {
      ...of(id),
      body: { message },
    }),
  )
export const listMyRequests = () => call(client.GET('/api/v1/join-requests'))
export const withdrawRequest = (id: string) =>
  call(client.DELETE('/api/v1/join-requests/{request_id}', request(id)))
export const approveRequest = (id: string, role: Role) =>
  call(
    client.POST('/api/v1/join-requests/{request_id}/approval', { ...request(id), body: { role } }),
  )
export const declineRequest = (id: string, reason: string) =>
  call(
    client.POST('/api/v1/join-requests/{request_id}/rejection', {
      ...request(id),
      body: { reason },
    }),
  )
export const listInvitations = (id: string) =>
  call(client.GET('/api/v1/organisations/{organisation_id}/invitations', of(id)))
export const inviteMember = (id: string, email: string, role: Role) =>
  call(
    client.POST('/api/v1/organisations/{organisation_id}/invitations', {
      ...of(id),
      body: { email, role },
    }),
  )
export const revokeInvitation = (id: string) =>
  call(
    client.DELETE('/api/v1/invitations/{invitation_id}', {
      params: { path: { invitation_id: id } },
    }),
  )
export const lookUpInvitation = (secret: string) =>
  call(client.POST('/api/v1/invitations/lookup', { body: { secret } }))
export const acceptInvitation = (secret: string) =>
  call(client.POST('/api/v1/invitations/acceptance', { body: { secret } }))

export const getGrowth = (id: string) =>
  call(client.GET('/api/v1/organisations/{organisation_id}/growth', of(id)))
export const listFacts = (id: string) =>
  call(client.GET('/api/v1/organisations/{organisation_id}/facts', of(id)))
export const recordFact = (id: string, body: NewFact) =>
  call(client.POST('/api/v1/organisations/{organisation_id}/facts', { ...of(id), body }))
export const verifyFact = (id: string, factId: string) =>
  call(
    client.POST('/api/v1/organisations/{organisation_id}/facts/{fact_id}/verification', {
      params: { path: { organisation_id: id, fact_id: factId } },
    }),
  )
export const recordTier = (id: string, body: NewTier) =>
  call(client.POST('/api/v1/organisations/{organisation_id}/tiers', { ...of(id), body }))
const tier = (id: string, tierId: string) => ({
  params: { path: { organisation_id: id, tier_id: tierId } },
})
export const verifyTier = (id: string, tierId: string) =>
  call(
    client.POST(
      '/api/v1/organisations/{organisation_id}/tiers/{tier_id}/verification',
      tier(id, tierId),
    ),
  )
export const removeTier = (id: string, tierId: string) =>
  call(client.DELETE('/api/v1/organisations/{organisation_id}/tiers/{tier_id}', tier(id, tierId)))

export const listStationQueue = (id: string, filters: Filters, cursor?: string) =>
  call(
    client.GET('/api/v1/stations/{station_id}/queue', {
      params: { path: { station_id: id }, query: { ...filters, cursor, limit: 24 } as never },
    }),
  )
export const getStationCounts = (id: string) =>
  call(client.GET('/api/v1/stations/{station_id}/counts', { params: { path: { station_id: id } } }))
export function collectFor(
  kind: 'need' | 'capability',
  stationId: string,
  organisationId: string,
  title: string,
): Promise<{ id: string }> {
  const body = { organisation_id: organisationId, station_id: stationId, content: { title } }
  return kind === 'need'
    ? call(client.POST('/api/v1/needs', { body }))
    : call(client.POST('/api/v1/capabilities', { body }))
}

const page = (cursor?: string) => ({ params: { query: { cursor, limit: 20 } } })
export const listUnverified = (cursor?: string) =>
  call(client.GET('/api/v1/staff/organisations', page(cursor)))
export const listChanges = (cursor?: string) =>
  call(client.GET('/api/v1/staff/changes', page(cursor)))
export const approveChange = (id: string) =>
  call(client.POST('/api/v1/staff/changes/{change_id}/approval', change(id)))
export const declineChange = (id: string, reason: string) =>
  call(
    client.POST('/api/v1/staff/changes/{change_id}/rejection', {
      ...change(id),
      body: { reason },
    }),
  )
export const listWaitingRequests = (cursor?: string) =>
  call(client.GET('/api/v1/staff/join-requests', page(cursor)))
export const listDoubles = () => call(client.GET('/api/v1/staff/doubles'))
export const previewMerge = (sourceId: string, targetId: string) =>
  call(
    client.GET('/api/v1/staff/merges/preview', {
      params: { query: { source_id: sourceId, target_id: targetId } },
    }),
  )
export const mergeOrganisations = (sourceId: string, targetId: string) =>
  call(client.POST('/api/v1/staff/merges', { body: { source_id: sourceId, target_id: targetId } }))
export const listStaff = () => call(client.GET('/api/v1/staff/people'))
export const nameStaff = (login: string, roles: StaffRole[]) =>
  call(client.POST('/api/v1/staff/people', { body: { login, roles } }))
export const setStaffRoles = (userId: string, roles: StaffRole[]) =>
  call(
    client.PUT('/api/v1/staff/people/{user_id}', {
      params: { path: { user_id: userId } },
      body: { roles },
    }),
  )
