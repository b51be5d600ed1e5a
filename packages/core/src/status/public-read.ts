import type { RateLimit } from '../contract/contract.ts'

/** Anybody may read these, and each call is a statement. */
export const publicRead: RateLimit = { name: 'status-reads', by: 'ip', limit: 120, window: '1m' }
