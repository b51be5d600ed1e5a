import * as z from 'zod'
import { idSchema } from '../kernel/id.ts'
import { defineEvents } from '../module/define-events.ts'
import { DisabledReason } from './webhooks/webhook.ts'
import { TenantStatus } from './lifecycle/lifecycle.ts'
import { Role } from './memberships/membership.ts'

const userId = idSchema('usr')
const invitationId = idSchema('inv')
const roleId = idSchema('rol')
const scopes = z.array(z.string()).readonly()

export const TenantEvents = defineEvents({
  contactReceived: {
    type: 'tenant.contact.received',
    summary: 'Somebody wrote with the contact form. What they wrote is sealed.',
    payload: z.object({ contactId: idSchema('con'), sealed: z.string() }),
  },
  created: {
    type: 'tenant.account.created',
    summary: 'A tenant was created together with its owner.',
    payload: z.object({
      slug: z.string(),
      ownerId: idSchema('usr'),
      /** The plan that was chosen with it. */
      planCode: z.string().optional(),
    }),
    audit: {},
    activity: {},
  },
  renamed: {
    type: 'tenant.account.renamed',
    summary: 'The name of a tenant was changed.',
    payload: z.object({ name: z.string() }),
    audit: {},
    activity: {},
  },
  memberErased: {
    type: 'tenant.member.erased',
    summary: 'A member erased their account, and left the tenant with it.',
    payload: z.object({ userId: idSchema('usr') }),
    audit: { subject: 'userId' },
    activity: {},
  },
  settingsChanged: {
    type: 'tenant.settings.changed',
    summary: 'The settings of a tenant were replaced.',
    payload: z.object({ version: z.int() }),
    audit: {},
    activity: {},
  },
  webhookCreated: {
    type: 'tenant.webhook.created',
    summary: 'An address that events are sent to was added.',
    payload: z.object({ webhookId: idSchema('whk') }),
    audit: { subject: 'webhookId' },
    activity: {},
  },
  webhookChanged: {
    type: 'tenant.webhook.changed',
    summary: 'A webhook was changed, switched off or on, or given a new secret.',
    payload: z.object({ webhookId: idSchema('whk') }),
    audit: { subject: 'webhookId' },
    activity: {},
  },
  webhookRemoved: {
    type: 'tenant.webhook.removed',
    summary: 'An address that events were sent to was removed.',
    payload: z.object({ webhookId: idSchema('whk') }),
    audit: { subject: 'webhookId' },
    activity: {},
  },
  webhookDisabled: {
    type: 'tenant.webhook.disabled',
    summary:
      'A webhook was switched off by itself, for its receiver failed for long or said that it is gone.',
    payload: z.object({
      webhookId: idSchema('whk'),
      reason: DisabledReason,
      ownerIds: z.array(idSchema('usr')).readonly(),
    }),
    audit: { subject: 'webhookId', outcome: 'failure' },
    notice: 'warning',
    activity: {},
  },
  roleCreated: {
    type: 'tenant.role.created',
    summary: 'A role was made of permissions.',
    payload: z.object({ roleId, name: z.string(), scopes }),
    audit: { subject: 'roleId' },
    activity: {},
  },
  roleChanged: {
    type: 'tenant.role.changed',
    summary: 'A role was renamed, or what its members may do was changed.',
    payload: z.object({ roleId, name: z.string(), scopes }),
    audit: { subject: 'roleId' },
    activity: {},
  },
  roleRemoved: {
    type: 'tenant.role.removed',
    summary: 'A role that nobody had was removed.',
    payload: z.object({ roleId }),
    audit: { subject: 'roleId' },
    activity: {},
  },
  memberAdded: {
    type: 'tenant.member.added',
    summary: 'A user became a member of a tenant.',
    payload: z.object({ userId, role: Role }),
    audit: { subject: 'userId' },
    activity: {},
  },
  memberRoleChanged: {
    type: 'tenant.member.role_changed',
    summary: 'The role of a member was changed; their sessions in the tenant end.',
    payload: z.object({ userId, role: Role, roleId: roleId.optional() }),
    audit: { subject: 'userId' },
    activity: {},
  },
  memberRemoved: {
    type: 'tenant.member.removed',
    summary: 'A user is no longer a member of a tenant; their sessions in it end.',
    payload: z.object({ userId }),
    audit: { subject: 'userId' },
    activity: {},
  },
  ownershipTransferred: {
    type: 'tenant.ownership.transferred',
    summary: 'An owner made another member an owner and became an admin.',
    payload: z.object({ fromUserId: userId, toUserId: userId }),
    audit: { subject: 'toUserId' },
    notice: 'warning',
    activity: {},
  },
  invitationSent: {
    type: 'tenant.invitation.sent',
    summary: 'Somebody was invited to a tenant, or invited again.',
    payload: z.object({ invitationId, generation: z.int(), role: Role }),
    audit: { subject: 'invitationId' },
    activity: {},
  },
  invitationRevoked: {
    type: 'tenant.invitation.revoked',
    summary: 'An invitation was withdrawn.',
    payload: z.object({ invitationId }),
    audit: { subject: 'invitationId' },
    activity: {},
  },
  invitationAccepted: {
    type: 'tenant.invitation.accepted',
    summary: 'Somebody accepted an invitation.',
    payload: z.object({ invitationId, userId }),
    audit: { subject: 'invitationId' },
    activity: {},
  },
  provisioned: {
    type: 'tenant.account.provisioned',
    summary: 'An operator created a tenant; its owner has still to join.',
    payload: z.object({ slug: z.string() }),
    audit: {},
  },
  statusChanged: {
    type: 'tenant.account.status_changed',
    summary: 'A tenant was opened, suspended or deprovisioned.',
    payload: z.object({ status: TenantStatus, reason: z.string().nullable() }),
    audit: {},
    notice: 'critical',
    activity: {},
  },
  erased: {
    type: 'tenant.account.erased',
    summary: 'The data of a tenant was erased. Whoever keeps any elsewhere erases it now.',
    payload: z.object({ erased: z.record(z.string(), z.int()), reason: z.string() }),
    audit: {},
  },
  accessOverridden: {
    type: 'tenant.access.overridden',
    summary: 'An operator read in a suspended tenant.',
    payload: z.object({ endpoint: z.string(), reason: z.string() }),
    notice: 'warning',
    audit: {},
  },
  deliveryRedelivered: {
    type: 'tenant.delivery.redelivered',
    summary: 'An operator had a mail, a webhook or a message sent again.',
    payload: z.object({ deliveryId: idSchema('dlv'), route: z.string() }),
    audit: { subject: 'deliveryId' },
  },
  featuresChanged: {
    type: 'tenant.features.changed',
    summary: 'An operator set entitlements of a tenant by hand.',
    payload: z.object({
      change: z.record(z.string(), z.union([z.boolean(), z.number()]).nullable()),
    }),
    audit: {},
    activity: {},
  },
})
