import type { Id } from '@corbel/core'

export type FactorId = Id<'aut'>
