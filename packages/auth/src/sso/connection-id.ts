import type { Id } from '@corbel/core'

export type SsoConnectionId = Id<'sso'>
