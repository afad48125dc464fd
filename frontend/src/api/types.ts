/** Short names for the generated schemas that pages use. */
import type { components } from './schema'

type Schemas = components['schemas']

export type EntryKind = Schemas['SearchHit']['kind']
export type ListingKind = 'need' | 'capability'

export type Need = Schemas['Need']
export type Capability = Schemas['Capability']
export type Listing = Need | Capability
export type NeedCard = Schemas['NeedCard']
export type CapabilityCard = Schemas['CapabilityCard']
export type ListingCard = NeedCard | CapabilityCard
export type Indicator = Schemas['IndicatorOut']
export type ReturnEdit = Schemas['ReturnEdit']
export type RevisionRow = Schemas['RevisionRow']
export type HistoryRow = Schemas['HistoryRow']
export type ReviewRow = Schemas['ReviewRow']

export type Instrument = Schemas['Instrument']
export type InstrumentCard = Schemas['InstrumentCard']
export type InstrumentCalendar = Schemas['InstrumentCalendar']
export type CalendarDay = Schemas['CalendarDay']
export type OccupiedSpan = Schemas['OccupiedSpan']
export type FreeSpan = Schemas['FreeSpan']
export type MeasuredCapability = Schemas['MeasuredCapabilityOut']
export type Booking = Schemas['Booking']

export type TalentCard = Schemas['TalentCard']
export type TalentCardRow = Schemas['TalentCardRow']

export type Suggestion = Schemas['Suggestion']
export type Feedback = Schemas['Feedback']
export type FeedbackInput = Schemas['FeedbackInput']
export type FeedbackReason = Feedback['reason']
export type SuggestionPage = Schemas['SuggestionPage']
export type Span = Schemas['Span']
export type Reason = Schemas['Reason']
export type SearchAnswer = Schemas['SearchAnswer']
export type SearchHit = Schemas['SearchHit']

export type SimilarAnswer = Schemas['SimilarAnswer']
export type WhatIf = Schemas['WhatIf']
export type WhatIfIndicator = Schemas['WhatIfIndicator']
export type WhatIfStep = Schemas['WhatIfStep']
export type Kit = Schemas['Kit']
export type KitPart = Schemas['KitCapability'] | Schemas['KitInstrument'] | Schemas['KitPerson']
export type Consortium = Schemas['ConsortiumAnswer']
export type Asked = Schemas['Asked']
export type Cover = Schemas['Cover']
export type GapMap = Schemas['GapMapAnswer']
export type GapChain = Schemas['GapChain']
export type GapCluster = Schemas['GapCluster']
export type GapEntry = Schemas['GapEntry']

export type StoredFile = Schemas['StoredFile']
export type FileList = Schemas['FileList']
export type FilePurpose =
  'need_attachment' | 'capability_attachment' | 'instrument_photo' | 'organisation_paper'
export type Round = Schemas['Round']
export type RoundEntry = Schemas['RoundEntry']
export type Edition = Schemas['Edition']
export type EditionEntry = Schemas['EditionEntry']
export type Comparison = Schemas['Comparison']
export type ComparedEntry = Schemas['ComparedEntry']

export type SessionState = Schemas['SessionState']
export type TokenRow = Schemas['TokenRow']
export type CreatedToken = Schemas['CreatedToken']
export type Vocabularies = Schemas['Vocabularies']
export type VocabularyName = keyof Vocabularies
export type Figures = Schemas['Figures']

export type ImportCard = Schemas['ImportCard']
export type ImportJob = Schemas['Import']
export type ImportKind = Schemas['ImportKind']
export type ImportRow = Schemas['ImportRowOut']

export interface Page<T> {
  items: T[]
  next_cursor?: string | null
}
