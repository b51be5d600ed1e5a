import { idSchema } from '@corbel/core'
import { PlatformDeliveryQuery } from '@corbel/core/tenant'
import type { DeliveryTools } from 'corbel'
import type { HostStack } from '../stack.ts'

export const deliveryTools = ({ tenant: { platformDeliveries } }: HostStack): DeliveryTools => ({
  list: async (query) => platformDeliveries.list(PlatformDeliveryQuery.parse(query)),
  redeliver: async (id) => platformDeliveries.redeliver(idSchema('dlv').parse(id)),
})
