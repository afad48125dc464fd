import { describe, expect, test } from 'vitest'
import type { OrganisationDetail } from '@/features/organisations/api'
import { changedFields, profileOf } from '@/features/organisations/profile'

const organisation = {
  name: '示例铜业',
  kind: 'enterprise',
  chains: ['copper_processing'],
  inside: { credit_code: '91350100M000100Y43', contact_name: '' },
} as unknown as OrganisationDetail

describe('a profile', () => {
  test('sends only what was changed, so that a name that waits is not asked for again', () => {
    const before = profileOf(organisation)
    const after = profileOf(organisation)
    expect(changedFields(before, after)).toEqual({})
    after.about = '做铜箔'
    after.chains.push('pcb')
    expect(changedFields(before, after)).toEqual({
      about: '做铜箔',
      chains: ['copper_processing', 'pcb'],
    })
  })

  test('does not share its lists with what was read', () => {
    profileOf(organisation).chains.push('pcb')
    expect(organisation.chains).toEqual(['copper_processing'])
  })
})
