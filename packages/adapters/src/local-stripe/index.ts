export {
  type Fault,
  localStripe,
  type LocalStripe,
  localStripeInfo,
  type LocalStripeOptions,
} from './local-stripe.ts'
export { fileStore, type LocalStripeStore, memoryStore } from './local-store.ts'
export type { Chaos, Deliver } from './delivery.ts'
export type { WorldEvent } from './world.ts'
export type { ApiRequest } from './api.ts'
