import type { Id } from '../../kernel/id.ts'
import type { Transaction } from '../../kernel/transaction.ts'
import type { EventSpec } from '../../module/define-events.ts'
import type { Delivery, DeliveryRoute } from '../../module/delivery-route.ts'
import { DeliveryErrors, type DeliveryStore } from '../../ports/delivery-store.ts'
import type { EventRecorder } from '../../ports/outbox.ts'
import type { WebhookSender } from '../../ports/webhook-sender.ts'
import type { MembershipRepository } from '../ports/membership-repository.ts'
import type { StoredWebhook, WebhookRepository } from '../ports/webhook-repository.ts'
import { TenantEvents } from '../tenant-events.ts'
import type { DisabledReason } from './webhook.ts'
import { webhookRoute } from './webhook-route.ts'
import { targetOf } from './webhook-target.ts'

export interface WebhookDeliveriesDeps {
  readonly webhooks: WebhookRepository
  readonly memberships: MembershipRepository
  readonly webhookSender: WebhookSender
  readonly deliveries: Pick<DeliveryStore, 'abandon'>
  readonly events: readonly EventSpec[]
  readonly transaction: Transaction<{ readonly webhooks: WebhookRepository; readonly events: EventRecorder }>
}

// Each takes an hour and a half on average: the receiver was down for most of a working day.
const mostFailures = 5

/** Tells the webhooks of a tenant what happens in it. */
export class WebhookDeliveries implements DeliveryRoute {
  readonly name = webhookRoute
  readonly events: readonly string[]
  readonly #deps: WebhookDeliveriesDeps

  constructor(deps: WebhookDeliveriesDeps) {
    this.#deps = deps
    this.events = deps.events.map(({ type }) => type)
  }

  async recipients({ tenantId, type }: Delivery['event']): Promise<readonly Id<'whk'>[]> {
    return tenantId === null ? [] : this.#deps.webhooks.listSubscribed(tenantId, type)
  }

  async send({ event, recipient, signal }: Delivery): Promise<string> {
    const webhook = await this.#find({ event, recipient })
    if (!webhook?.enabled) throw DeliveryErrors.refused({ detail: 'the webhook is off' })
    const { id, type, tenantId, occurredAt, payload } = event
    const content = { type, timestamp: occurredAt.toISOString(), tenantId, data: payload }
    const status = await this.#deps.webhookSender.deliver(targetOf(webhook), id, content, signal)
    if (status === 410) {
      await this.#disable(webhook, 'gone')
      throw DeliveryErrors.refused({ detail: 'HTTP 410' })
    }
    // When it was changed meanwhile, the next success says it again.
    if (webhook.failures > 0) await this.#deps.webhooks.replace({ ...webhook, failures: 0 })
    return `HTTP ${status}`
  }

  async givenUp({ event, recipient }: Delivery): Promise<void> {
    const webhook = await this.#find({ event, recipient })
    if (!webhook?.enabled) return
    const failures = webhook.failures + 1
    if (failures >= mostFailures) return this.#disable({ ...webhook, failures }, 'failing')
    if (!(await this.#deps.webhooks.replace({ ...webhook, failures })))
      throw new Error('The webhook was changed meanwhile; its failures are counted again.')
  }

  async #disable(webhook: StoredWebhook, reason: DisabledReason): Promise<void> {
    const { memberships, transaction, deliveries } = this.#deps
    const { id, tenantId } = webhook
    const members = await memberships.listOfTenant(tenantId, { limit: 1000, after: null })
    const ownerIds = members.filter(({ role }) => role === 'owner').map(({ userId }) => userId)
    await transaction(async ({ webhooks, events }) => {
      const isDone = await webhooks.replace({ ...webhook, enabled: false, disabledReason: reason })
      if (!isDone) throw new Error('The webhook was changed meanwhile; the delivery is tried again.')
      await events.record(TenantEvents.webhookDisabled(tenantId, { webhookId: id, reason, ownerIds }))
    })
    await deliveries.abandon({ route: webhookRoute, recipient: id }, 'the webhook was disabled')
  }

  async #find({ event: { tenantId }, recipient }: Pick<Delivery, 'event' | 'recipient'>) {
    return tenantId === null ? null : this.#deps.webhooks.find(tenantId, recipient as Id<'whk'>)
  }
}
