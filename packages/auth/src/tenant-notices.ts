import { defineMail, type DeliveryRoute } from '@corbel/core'
import type { Mailer } from '@corbel/core/ports'
import type { NotificationPreferenceService } from './notifications/notification-preference-service.ts'
import type { UserRepository } from './ports/user-repository.ts'
import type { UserId } from './users/user.ts'

export interface TenantNoticesDeps {
  readonly users: UserRepository
  readonly preferences: Pick<NotificationPreferenceService, 'isWanted'>
  readonly mailer: Mailer
  readonly appName: string
  readonly publicUrl: string
}

export const webhookDisabledMail = defineMail<{ readonly isGone: boolean }>({
  name: 'auth.webhook_disabled',
  summary: 'Tells the owners of a tenant that a webhook was switched off; can be switched off.',
  sample: { isGone: false },
  write: ({ isGone }, { appName, publicUrl }) => ({
    subject: `A webhook of yours at ${appName} was switched off`,
    body: [
      isGone
        ? 'A webhook of your tenant answered that it is gone (410), so nothing more is sent to it.'
        : 'A webhook of your tenant has failed for hours, so nothing more is sent to it.',
      'When its receiver works again, switch it on and send again what it has missed:',
      { link: publicUrl },
    ],
  }),
})

// The module that records it knows users by their ids only: their addresses are here.
const disabled = 'tenant.webhook.disabled'

/** Mail to the owners of a tenant who want to know what happened in it. */
export const tenantNotices = ({
  users,
  preferences,
  mailer,
  appName,
  publicUrl,
}: TenantNoticesDeps): DeliveryRoute => ({
  name: 'auth.tenant_notice',
  events: [disabled],
  async recipients({ payload }) {
    const { ownerIds } = payload as { readonly ownerIds: readonly UserId[] }
    const wanted = await Promise.all(ownerIds.map((id) => preferences.isWanted(id, 'tenant')))
    return ownerIds.filter((_, index) => wanted[index])
  },
  async send({ event, recipient }) {
    const user = await users.find(recipient as UserId)
    if (!user) return 'no such user'
    const isGone = (event.payload as { readonly reason: string }).reason === 'gone'
    const frame = { id: `${event.id}:${recipient}`, to: user.email, appName, publicUrl }
    await mailer.send(webhookDisabledMail.render({ isGone }, frame))
    return 'accepted'
  },
})
