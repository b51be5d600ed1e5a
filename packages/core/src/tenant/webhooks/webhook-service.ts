import type { Clock } from '../../kernel/clock.ts'
import { after } from '../../kernel/duration.ts'
import { type Id, newId } from '../../kernel/id.ts'
import { hostOrigin, type Origin } from '../../kernel/origin.ts'
import { type Page, type PageQuery, toPage, toPageRequest } from '../../kernel/page.ts'
import type { Transaction } from '../../kernel/transaction.ts'
import { type ShownDelivery, toShownDelivery } from '../../module/shown-delivery.ts'
import type { EventSpec } from '../../module/define-events.ts'
import { DeliveryErrors, type DeliveryStore } from '../../ports/delivery-store.ts'
import type { EventRecorder } from '../../ports/outbox.ts'
import type { WebhookSender } from '../../ports/webhook-sender.ts'
import type { StoredWebhook, WebhookRepository } from '../ports/webhook-repository.ts'
import { TenantErrors } from '../tenant-errors.ts'
import { TenantEvents } from '../tenant-events.ts'
import {
  type ChangedWebhook,
  everyEvent,
  type IssuedWebhook,
  mostWebhooks,
  type NewWebhook,
  type Webhook,
  type WebhookChange,
} from './webhook.ts'
import { webhookRoute } from './webhook-route.ts'
import { sealingContext, targetOf } from './webhook-target.ts'

export interface WebhookServiceDeps {
  readonly webhooks: WebhookRepository
  readonly webhookSender: WebhookSender
  readonly deliveries: Pick<DeliveryStore, 'abandon' | 'list' | 'redeliver'>
  readonly events: readonly EventSpec[]
  readonly clock: Clock
  readonly transaction: Transaction<{ readonly webhooks: WebhookRepository; readonly events: EventRecorder }>
}

/** Where a tenant wants to be told of its events. */
export class WebhookService {
  readonly #deps: WebhookServiceDeps

  constructor(deps: WebhookServiceDeps) {
    this.#deps = deps
  }

  async list(tenantId: Id<'ten'>): Promise<{ readonly data: readonly Webhook[] }> {
    return { data: (await this.#deps.webhooks.list(tenantId)).map(toWebhook) }
  }

  /** @throws `tenant/webhook-not-found` */
  async get(tenantId: Id<'ten'>, id: Id<'whk'>): Promise<Webhook> {
    return toWebhook(await this.#find(tenantId, id))
  }

  /**
   * Asks the address whether it wants this, and keeps it. The secret is not shown again.
   *
   * @throws `tenant/unknown-event-type`, `tenant/too-many-webhooks`, `tenant/webhook-challenge-failed`, and what the fetcher throws.
   */
  async create(tenantId: Id<'ten'>, input: NewWebhook, origin: Origin = hostOrigin): Promise<IssuedWebhook> {
    const { webhooks, webhookSender, clock, transaction } = this.#deps
    this.#checkTypes(input.eventTypes)
    if ((await webhooks.list(tenantId)).length >= mostWebhooks) throw TenantErrors.tooManyWebhooks()
    const id = newId('whk', clock)
    const { stored, shown } = await webhookSender.newSecret(sealingContext({ id, tenantId }))
    const webhook: StoredWebhook = {
      id,
      tenantId,
      ...input,
      enabled: true,
      disabledReason: null,
      secrets: [stored],
      failures: 0,
      version: 1,
      createdAt: clock.now(),
    }
    await this.#challenge(webhook)
    await transaction(async ({ webhooks: bound, events }) => {
      await bound.insert(webhook)
      await events.record(TenantEvents.webhookCreated(tenantId, { webhookId: id }, origin))
    })
    return { ...toWebhook(webhook), secret: shown }
  }

  /**
   * Another address, and switching on again, are challenged first.
   *
   * @throws `tenant/webhook-not-found`, `tenant/webhook-changed` when somebody else changes it at the same time, and as `create`.
   */
  async update(
    tenantId: Id<'ten'>,
    id: Id<'whk'>,
    { rotateSecret, ...change }: WebhookChange,
    origin: Origin = hostOrigin,
  ): Promise<ChangedWebhook> {
    const { webhookSender, clock, transaction, deliveries } = this.#deps
    if (change.eventTypes) this.#checkTypes(change.eventTypes)
    const before = await this.#find(tenantId, id)
    const isEnabled = change.enabled ?? before.enabled
    const issued = rotateSecret ? await webhookSender.newSecret(sealingContext(before)) : null
    const next: StoredWebhook = {
      ...before,
      ...definedOf(change),
      disabledReason: isEnabled ? null : (before.disabledReason ?? 'tenant'),
      failures: isEnabled && !before.enabled ? 0 : before.failures,
      secrets: issued ? [issued.stored, ...retiring(before.secrets, clock.now())] : before.secrets,
    }
    if (next.url !== before.url || (next.enabled && !before.enabled)) await this.#challenge(next)
    await transaction(async ({ webhooks, events }) => {
      if (!(await webhooks.replace(next))) throw TenantErrors.webhookChanged()
      await events.record(TenantEvents.webhookChanged(tenantId, { webhookId: id }, origin))
    })
    if (!next.enabled) await deliveries.abandon({ route: webhookRoute, recipient: id }, 'the webhook is off')
    return { ...toWebhook(next), ...(issued && { secret: issued.shown }) }
  }

  /** @throws `tenant/webhook-not-found` */
  async remove(tenantId: Id<'ten'>, id: Id<'whk'>, origin: Origin = hostOrigin): Promise<void> {
    const { transaction, deliveries } = this.#deps
    await transaction(async ({ webhooks, events }) => {
      if (!(await webhooks.remove(tenantId, id))) throw TenantErrors.webhookNotFound()
      await events.record(TenantEvents.webhookRemoved(tenantId, { webhookId: id }, origin))
    })
    await deliveries.abandon({ route: webhookRoute, recipient: id }, 'the webhook is gone')
  }

  /** What was sent within 30 days, newest first. @throws `tenant/webhook-not-found` */
  async listDeliveries(tenantId: Id<'ten'>, id: Id<'whk'>, query: PageQuery): Promise<Page<ShownDelivery>> {
    const request = toPageRequest(query)
    await this.#find(tenantId, id)
    const rows = await this.#deps.deliveries.list(tenantId, { route: webhookRoute, recipient: id }, request)
    return toPage(rows.map(toShownDelivery), request.limit, (row) => row.id)
  }

  /** Sends an event again, under its id. @throws `delivery/not-found` also while it is under way. */
  async redeliver(tenantId: Id<'ten'>, id: Id<'dlv'>): Promise<ShownDelivery> {
    const record = await this.#deps.deliveries.redeliver(tenantId, webhookRoute, id, [])
    if (!record) throw DeliveryErrors.notFound()
    return toShownDelivery(record)
  }

  async #challenge(webhook: StoredWebhook): Promise<void> {
    const detail = await this.#deps.webhookSender.challenge(targetOf(webhook))
    if (detail !== null) throw TenantErrors.webhookChallengeFailed({ detail })
  }

  #checkTypes(types: readonly string[]): void {
    const known = new Set(this.#deps.events.map(({ type }): string => type))
    const unknown = types.filter((type) => !known.has(type) && !(type === everyEvent && types.length === 1))
    if (unknown.length > 0)
      throw TenantErrors.unknownEventType({ detail: `There is no event "${unknown.join('", "')}".` })
  }

  async #find(tenantId: Id<'ten'>, id: Id<'whk'>): Promise<StoredWebhook> {
    const webhook = await this.#deps.webhooks.find(tenantId, id)
    if (!webhook) throw TenantErrors.webhookNotFound()
    return webhook
  }
}

/** Those that were valid sign for a day more, so that receivers can change theirs at leisure; one of them at most. */
const retiring = (secrets: StoredWebhook['secrets'], now: Date): StoredWebhook['secrets'] =>
  secrets
    .filter(({ expiresAt }) => expiresAt === null || expiresAt > now)
    .slice(0, 1)
    .map((secret) => ({ ...secret, expiresAt: after(now, '24h') }))

const definedOf = ({ url, eventTypes, description, enabled }: WebhookChange) => ({
  ...(url !== undefined && { url }),
  ...(eventTypes !== undefined && { eventTypes }),
  ...(description !== undefined && { description }),
  ...(enabled !== undefined && { enabled }),
})

const toWebhook = (webhook: StoredWebhook): Webhook => ({
  id: webhook.id,
  url: webhook.url,
  eventTypes: webhook.eventTypes,
  description: webhook.description,
  enabled: webhook.enabled,
  disabledReason: webhook.disabledReason,
  createdAt: webhook.createdAt.toISOString(),
})
