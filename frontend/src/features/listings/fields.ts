/** What the form and the page of an entry show, in order: one table for both kinds. */
import type { ListingKind, VocabularyName } from '@/api/types'

export type FieldShape =
  | 'line'
  | 'paragraphs'
  | 'choice'
  | 'terms'
  | 'words'
  | 'money'
  | 'date'
  | 'maturity'
  | 'indicators'

export type FieldLevel = 'public' | 'matched' | 'own'

export interface FieldSpec {
  /** Also the key of its label and hint. */
  name: string
  shape: FieldShape
  /** The content's own names; a band of money has two. */
  names: string[]
  isRequired: boolean
  limit: number
  vocabulary?: VocabularyName
  /** What its owner may set; empty where the field is always public. */
  levels: readonly FieldLevel[]
  defaultLevel: FieldLevel
  isWide: boolean
  inputType: 'text' | 'tel' | 'email'
}

export interface Section {
  name: string
  fields: FieldSpec[]
}

const ANY: readonly FieldLevel[] = ['public', 'matched', 'own']
const CONTACT: readonly FieldLevel[] = ['matched', 'own']

function field(name: string, shape: FieldShape, more: Partial<FieldSpec> = {}): FieldSpec {
  return {
    name,
    shape,
    names: [name],
    isRequired: false,
    limit: shape === 'paragraphs' ? 8000 : 120,
    levels: ANY,
    defaultLevel: 'public',
    isWide: shape === 'paragraphs' || shape === 'indicators',
    inputType: 'text',
    ...more,
  }
}

const required = { isRequired: true }
const always = { levels: [] as const }
const contact = { levels: CONTACT, defaultLevel: 'matched' as const }

const PLACE = [
  field('key_areas', 'terms', { vocabulary: 'key_areas' }),
  field('region', 'choice', { vocabulary: 'regions' }),
  field('keywords', 'words'),
]

const NEED: Section[] = [
  {
    name: 'basics',
    fields: [
      field('title', 'line', { ...required, ...always, isWide: true }),
      field('kind', 'choice', { ...required, ...always, vocabulary: 'need_kinds' }),
      field('chain', 'choice', { ...required, ...always, vocabulary: 'chains' }),
      ...PLACE,
    ],
  },
  {
    name: 'asked',
    fields: [
      field('problem', 'paragraphs', required),
      field('goals', 'paragraphs'),
      field('indicators', 'indicators', required),
    ],
  },
  {
    name: 'terms',
    fields: [
      field('budget', 'money', { ...required, names: ['budget_min', 'budget_max'] }),
      field('due_on', 'date', required),
      field('ip_stance', 'choice', { ...required, vocabulary: 'ip_stances' }),
      field('maturity_wanted', 'maturity'),
      field('solver_conditions', 'paragraphs'),
      field('benchmark', 'paragraphs'),
      field('prospects', 'paragraphs'),
    ],
  },
  {
    name: 'contact',
    fields: [
      field('contact_name', 'line', { ...contact, ...required, limit: 60 }),
      field('contact_phone', 'line', { ...contact, ...required, limit: 40, inputType: 'tel' }),
      field('contact_email', 'line', { ...contact, limit: 120, inputType: 'email' }),
    ],
  },
]

const CAPABILITY: Section[] = [
  {
    name: 'basics',
    fields: [
      field('title', 'line', { ...required, ...always, isWide: true }),
      field('kind', 'choice', { ...required, ...always, vocabulary: 'capability_kinds' }),
      field('chain', 'choice', { ...required, ...always, vocabulary: 'chains' }),
      field('maturity', 'maturity', required),
      ...PLACE,
    ],
  },
  {
    name: 'offered',
    fields: [
      field('description', 'paragraphs', required),
      field('innovation', 'paragraphs'),
      field('applications', 'paragraphs'),
      field('indicators', 'indicators', required),
    ],
  },
  {
    name: 'terms',
    fields: [
      field('capacity_now', 'line', { ...required, limit: 200, isWide: true }),
      field('ip_status', 'line', { limit: 200, isWide: true }),
      field('price', 'money', { names: ['price_min', 'price_max'] }),
      field('valid_until', 'date', required),
    ],
  },
  {
    name: 'contact',
    fields: [
      field('contact_name', 'line', { ...contact, limit: 60 }),
      field('contact_phone', 'line', { ...contact, limit: 40, inputType: 'tel' }),
      field('contact_email', 'line', { ...contact, limit: 120, inputType: 'email' }),
    ],
  },
]

export const SECTIONS: Record<ListingKind, Section[]> = { need: NEED, capability: CAPABILITY }

export function fieldsOf(kind: ListingKind): FieldSpec[] {
  return SECTIONS[kind].flatMap((section) => section.fields)
}

/** The field that shows a content's name: `indicators.0.value` and `budget_max` included. */
export function fieldOf(kind: ListingKind, path: string): FieldSpec | undefined {
  const name = path.split('.')[0] ?? ''
  return fieldsOf(kind).find((spec) => spec.names.includes(name))
}
