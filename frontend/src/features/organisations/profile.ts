/** A profile as its form holds it, and what of it changed. */
import type { OrganisationDetail, Profile } from './api'

export type ProfileForm = Required<Profile>

export function profileOf(organisation: OrganisationDetail | null, name = ''): ProfileForm {
  const inside = organisation?.inside
  return {
    name: organisation?.name ?? name,
    kind: (organisation?.kind ?? '') as ProfileForm['kind'],
    credit_code: inside?.credit_code ?? '',
    name_en: organisation?.name_en ?? '',
    short_name: organisation?.short_name ?? '',
    chains: [...(organisation?.chains ?? [])],
    region: organisation?.region ?? '',
    about: organisation?.about ?? '',
    contact_name: inside?.contact_name ?? '',
    contact_phone: inside?.contact_phone ?? '',
    contact_email: inside?.contact_email ?? '',
  }
}

/** Only what was changed is sent: a name that waits for staff is not asked for again. */
export function changedFields(before: ProfileForm, after: ProfileForm): Profile {
  const names = Object.keys(after) as (keyof ProfileForm)[]
  const changed = names.filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  )
  return Object.fromEntries(changed.map((name) => [name, after[name]])) as Profile
}
