import type { DeliveryRoute } from '../../module/delivery-route.ts'
import { TenantEvents } from '../tenant-events.ts'
import type { ContactService } from './contact-service.ts'

/** Mail to the operators, until the provider has accepted it. */
export const contactDelivery = (contact: Pick<ContactService, 'mail'>): DeliveryRoute => ({
  name: 'tenant.contact_mail',
  events: [TenantEvents.contactReceived.type],
  recipients: async () => ['operators'],
  send: ({ event }) => contact.mail(event),
})
