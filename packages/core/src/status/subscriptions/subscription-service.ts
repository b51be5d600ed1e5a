import type { Clock } from '../../kernel/clock.ts'
import { after, milliseconds } from '../../kernel/duration.ts'
import { type Id, newId } from '../../kernel/id.ts'
import { hostOrigin, type Origin } from '../../kernel/origin.ts'
import { type Page, type PageQuery, toPage, toPageRequest } from '../../kernel/page.ts'
import { type ShownDelivery, toShownDelivery } from '../../module/shown-delivery.ts'
import type { DeliveryStore } from '../../ports/delivery-store.ts'
import type { KeyVault } from '../../ports/key-vault.ts'
import type { RateLimiter } from '../../ports/rate-limiter.ts'
import type { WebhookSender } from '../../ports/webhook-sender.ts'
import type { StoredSubscription, SubscriptionRepository } from '../ports/subscription-repository.ts'
import { StatusErrors } from '../status-errors.ts'
import { StatusEvents } from '../status-events.ts'
import type { StatusTransaction } from '../status-scope.ts'
import {
  type Channel,
  type ConfirmedWebhook,
  type EndedBy,
  NewSubscription,
  type Subscription,
  type SubscriptionQuery,
} from './subscription.ts'
import { routeOf } from './subscription-channels.ts'
import { sealingContext, unsubscribeUrl } from './subscription-target.ts'
import type { SubscriptionTokens } from './subscription-tokens.ts'

export interface SubscriptionServiceDeps {
  readonly subscriptions: SubscriptionRepository
  readonly subscriptionTokens: SubscriptionTokens
  readonly webhookSender: WebhookSender
  readonly deliveries: Pick<DeliveryStore, 'abandon' | 'list'>
  readonly keyVault: KeyVault
  readonly rateLimiter: RateLimiter
  readonly clock: Clock
  readonly publicUrl: string
  readonly transaction: StatusTransaction
}

/** Messages that strangers can have sent to one address. */
const perTarget = { limit: 3, windowMs: milliseconds('1h') }

/** Who is told of incidents. Nobody is before the address itself has said so. */
export class SubscriptionService {
  readonly #deps: SubscriptionServiceDeps

  constructor(deps: SubscriptionServiceDeps) {
    this.#deps = deps
  }

  /** Asks the address whether it wants this. Tells nothing of what is known of it, nor whether it was asked too often. */
  async request(input: NewSubscription): Promise<void> {
    const { subscriptionTokens, rateLimiter, keyVault, clock, transaction } = this.#deps
    const { channel, target, severity, maintenance } = NewSubscription.parse(input)
    const targetDigest = await subscriptionTokens.digestOf(channel, target)
    if (!(await rateLimiter.take(`status-subscription:${targetDigest}`, perTarget)).allowed) return
    const id = newId('sbr', clock)
    const createdAt = clock.now()
    const asked: StoredSubscription = {
      id,
      channel,
      targetDigest,
      severity,
      maintenance,
      createdAt,
      secret: null,
      target: await keyVault.seal(new TextEncoder().encode(target), sealingContext(id)),
      state: 'pending',
      generation: 1,
      expiresAt: after(createdAt, '24h'),
    }
    await transaction(async ({ subscriptions, events }) => {
      const { id: subscriptionId, generation } = await subscriptions.request(asked)
      await events.record(StatusEvents.subscriptionRequested(null, { subscriptionId, generation }))
    })
  }

  /** For an address of mail. Of concurrent callers with one token one succeeds. @throws `status/invalid-token` */
  async verify(token: string): Promise<Subscription> {
    return toSubscription(await this.#confirm(token, 'email', null))
  }

  /** For a webhook. The secret is not shown again. @throws `status/invalid-token` */
  async answerChallenge(token: string): Promise<ConfirmedWebhook> {
    const { webhookSender, subscriptionTokens } = this.#deps
    const id = subscriptionTokens.idIn(token)
    if (id === null) throw StatusErrors.invalidToken()
    const { stored, shown } = await webhookSender.newSecret(sealingContext(id))
    const confirmed = await this.#confirm(token, 'webhook', stored.sealed)
    return {
      ...toSubscription(confirmed),
      secret: shown,
      unsubscribeUrl: await unsubscribeUrl(this.#deps, id),
    }
  }

  /** Also for what has ended already. @throws `status/invalid-token` */
  async unsubscribe(token: string, origin: Origin = hostOrigin): Promise<void> {
    const id = await this.#deps.subscriptionTokens.unsubscribes(token)
    if (id === null) throw StatusErrors.invalidToken()
    await this.end(id, 'subscriber', origin)
  }

  /** @throws `status/subscription-not-found` */
  async remove(id: Id<'sbr'>, origin: Origin = hostOrigin): Promise<void> {
    if (!(await this.end(id, 'operator', origin))) throw StatusErrors.subscriptionNotFound()
  }

  /** False when it has ended already: of concurrent callers one ends it. */
  async end(id: Id<'sbr'>, by: EndedBy, origin: Origin = hostOrigin): Promise<boolean> {
    const { subscriptions, deliveries, transaction } = this.#deps
    const known = await subscriptions.find(id)
    if (!known) return false
    const isEnded = await transaction(async ({ subscriptions: bound, events }) => {
      if (!(await bound.remove(id))) return false
      await events.record(StatusEvents.subscriptionRemoved(null, { subscriptionId: id, by }, origin))
      return true
    })
    if (isEnded) await deliveries.abandon({ route: routeOf(known.channel), recipient: id }, 'unsubscribed')
    return isEnded
  }

  /** Newest first; with a target that one alone. */
  async list({ target, ...query }: SubscriptionQuery): Promise<Page<Subscription>> {
    const { subscriptions } = this.#deps
    if (target !== undefined) return { data: await this.#find(target), nextCursor: null }
    const { data, nextCursor } = toPage(
      await subscriptions.list(toPageRequest(query)),
      query.limit,
      ({ id }) => id,
    )
    return { data: data.map(toSubscription), nextCursor }
  }

  /** What was sent within 30 days, newest first. @throws `status/subscription-not-found` */
  async listDeliveries(id: Id<'sbr'>, query: PageQuery): Promise<Page<ShownDelivery>> {
    const { subscriptions, deliveries } = this.#deps
    const request = toPageRequest(query)
    const known = await subscriptions.find(id)
    if (!known) throw StatusErrors.subscriptionNotFound()
    const rows = await deliveries.list(null, { route: routeOf(known.channel), recipient: id }, request)
    return toPage(rows.map(toShownDelivery), request.limit, (row) => row.id)
  }

  /** Forgets what was not confirmed in time. */
  async purge(): Promise<void> {
    await this.#deps.subscriptions.purge(this.#deps.clock.now())
  }

  async #confirm(token: string, channel: Channel, secret: string | null): Promise<StoredSubscription> {
    const { subscriptions, subscriptionTokens, clock, transaction } = this.#deps
    const id = subscriptionTokens.idIn(token)
    const known = id && (await subscriptions.find(id))
    if (!known || known.channel !== channel) throw StatusErrors.invalidToken()
    const { generation } = known
    if (!(await subscriptionTokens.confirms(token, known.id, generation))) throw StatusErrors.invalidToken()
    await transaction(async ({ subscriptions: bound, events }) => {
      const isDone = await bound.confirm(known.id, { generation, secret, now: clock.now() })
      if (!isDone) throw StatusErrors.invalidToken()
      await events.record(StatusEvents.subscriptionConfirmed(null, { subscriptionId: known.id }))
    })
    return { ...known, state: 'active' }
  }

  async #find(target: string): Promise<readonly Subscription[]> {
    const { subscriptions, subscriptionTokens } = this.#deps
    const spelled = target.trim().normalize('NFC')
    const digests = await Promise.all([
      subscriptionTokens.digestOf('email', spelled.toLowerCase()),
      subscriptionTokens.digestOf('webhook', spelled),
    ])
    const found = await Promise.all(digests.map((digest) => subscriptions.findByTarget(digest)))
    return found.flatMap((one) => (one ? [toSubscription(one)] : []))
  }
}

const toSubscription = (stored: StoredSubscription): Subscription => ({
  id: stored.id,
  channel: stored.channel,
  state: stored.state,
  severity: stored.severity,
  maintenance: stored.maintenance,
  createdAt: stored.createdAt.toISOString(),
})
