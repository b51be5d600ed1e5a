import { type Profile, profiles } from '@corbel/core'

/** Parameters that several commands have. */
export const text = (input: string): string => input

export const switchFlag = (brief: string) =>
  ({ kind: 'boolean', brief, default: false, withNegated: false }) as const

export const profileFlag = {
  kind: 'enum',
  values: profiles satisfies readonly Profile[],
  brief: 'Check for this profile instead of the one that the settings name',
  optional: true,
} as const
