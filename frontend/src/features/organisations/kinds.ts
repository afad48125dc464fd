/** Kinds of organisations that collect entries for others. */
export const COLLECTING_KINDS = ['station', 'offshore_platform']
