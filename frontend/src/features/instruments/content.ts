/** The content of an instrument's form. */
import type { Instrument, MeasuredCapability } from '@/api/types'

export interface InstrumentForm {
  name: string
  model: string
  description: string
  place: string
  region: string
  chains: string[]
  service_mode: string
  price_per_hour: number | null
  slot_minutes: number
  turnaround_minutes: number
  max_minutes: number
  open_from: string
  open_until: string
  open_weekdays: number[]
  contact_name: string
  contact_phone: string
  measured_capabilities: MeasuredCapability[]
}

export function blankInstrument(): InstrumentForm {
  return {
    name: '',
    model: '',
    description: '',
    place: '',
    region: '',
    chains: [],
    service_mode: '',
    price_per_hour: null,
    slot_minutes: 30,
    turnaround_minutes: 0,
    max_minutes: 240,
    open_from: '09:00',
    open_until: '17:00',
    open_weekdays: [1, 2, 3, 4, 5],
    contact_name: '',
    contact_phone: '',
    measured_capabilities: [],
  }
}

export function formOf(instrument: Instrument): InstrumentForm {
  const { content } = instrument
  return {
    ...blankInstrument(),
    ...content,
    price_per_hour: content.price_per_hour ?? null,
    contact_phone: content.contact_phone ?? '',
    open_from: content.open_from.slice(0, 5),
    open_until: content.open_until.slice(0, 5),
    chains: [...content.chains],
    open_weekdays: [...content.open_weekdays],
    measured_capabilities: content.measured_capabilities.map((line) => ({ ...line })),
  }
}

export function blankMeasure(): MeasuredCapability {
  return { name: '', comparator: 'range', value: null, value_max: null, unit: '', text: '' }
}

export function contentOf(form: InstrumentForm): object {
  return { ...form, measured_capabilities: form.measured_capabilities.filter((line) => line.name) }
}
