import { implement, type Route } from '../../http/implement.ts'
import { platformDeliveryContract } from './platform-delivery-contract.ts'
import type { PlatformDeliveryService } from './platform-delivery-service.ts'

export const platformDeliveryRoutes = (deliveries: PlatformDeliveryService): readonly Route[] =>
  implement(platformDeliveryContract, {
    list: ({ query }) => deliveries.list(query),
    redeliver: ({ params, client }) => deliveries.redeliver(params.id, client),
  })
