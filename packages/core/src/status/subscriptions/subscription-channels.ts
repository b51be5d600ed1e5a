import type { Channel } from './subscription.ts'

/** Names the deliveries to subscribers in the log; what is pending depends on it. */
export const routeOf = (channel: Channel): `status.${Channel}` => `status.${channel}`
