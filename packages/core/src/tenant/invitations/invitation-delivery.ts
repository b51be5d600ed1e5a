import type { DeliveryRoute } from '../../module/delivery-route.ts'
import { TenantEvents } from '../tenant-events.ts'
import type { InvitationService } from './invitation-service.ts'

/** Mail to whoever is invited, until the provider has accepted it. The log names the invitation, never the address. */
export const invitationDelivery = (invitations: Pick<InvitationService, 'mail'>): DeliveryRoute => ({
  name: 'tenant.invitation_mail',
  events: [TenantEvents.invitationSent.type],
  recipients: async ({ payload }) => [TenantEvents.invitationSent.payload.parse(payload).invitationId],
  send: async ({ event: { id, tenantId, payload } }) =>
    (await invitations.mail(id, tenantId, TenantEvents.invitationSent.payload.parse(payload)))
      ? 'accepted'
      : 'not wanted any more',
})
