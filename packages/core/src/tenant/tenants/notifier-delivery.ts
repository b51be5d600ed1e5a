import type { Id } from '../../kernel/id.ts'
import type { EventSpec } from '../../module/define-events.ts'
import type { DeliveryRoute } from '../../module/delivery-route.ts'
import type { Notifier } from '../../ports/notifier.ts'
import type { TenantRepository } from '../ports/tenant-repository.ts'

export interface NotifierDeliveryDeps {
  readonly notifier: Notifier
  readonly tenants: Pick<TenantRepository, 'find'>
  /** Every event that a module of the stack declares. */
  readonly events: readonly EventSpec[]
  /** Names of channels by the ids of tenants. */
  readonly notifierChannels: Readonly<Record<string, string>>
  readonly publicUrl: string
}

/** Tells the channel of a tenant what its people must not miss: that it happened, and to what, by ids. */
export const notifierDelivery = ({
  notifier,
  tenants,
  events,
  notifierChannels,
  publicUrl,
}: NotifierDeliveryDeps): DeliveryRoute => {
  const channels = new Map(Object.entries(notifierChannels))
  const told = new Map(events.flatMap((spec) => (spec.notice ? [[spec.type as string, spec] as const] : [])))
  const channelOf = (tenantId: Id<'ten'> | null) => (tenantId === null ? undefined : channels.get(tenantId))
  return {
    name: 'tenant.notifier',
    events: [...told.keys()],
    // The tenant and not its channel: whoever is given another one is told there what is still to be told.
    recipients: async ({ tenantId }) =>
      tenantId !== null && channelOf(tenantId) !== undefined ? [tenantId] : [],
    async send({ event: { id, type, tenantId, payload } }) {
      const channel = channelOf(tenantId)
      const spec = told.get(type)
      const tenant = tenantId === null ? null : await tenants.find(tenantId)
      if (channel === undefined || !spec?.notice || !tenant) return 'nobody to tell'
      const object = objectOf(spec, payload)
      await notifier.send({
        id: `${id}:tenant`,
        channel,
        severity: spec.notice,
        link: publicUrl,
        title: `${oneLine(tenant.name)}: ${spec.summary}`.slice(0, 200).toWellFormed(),
        text: object === null ? type : `${type}\n${object}`,
      })
      return 'accepted'
    },
  }
}

const oneLine = (name: string): string => name.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')

function objectOf({ audit, activity }: EventSpec, payload: unknown): string | null {
  const key = activity?.object ?? audit?.subject
  const id = key === undefined ? undefined : (payload as Readonly<Record<string, unknown>>)[key]
  return typeof id === 'string' ? id : null
}
