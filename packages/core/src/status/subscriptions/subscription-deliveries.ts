import { DomainError } from '../../kernel/errors.ts'
import type { Id } from '../../kernel/id.ts'
import type { Delivery, DeliveryRoute } from '../../module/delivery-route.ts'
import { DeliveryErrors, type DeliveryStore } from '../../ports/delivery-store.ts'
import type { KeyVault } from '../../ports/key-vault.ts'
import type { Logger } from '../../ports/logger.ts'
import type { Mailer } from '../../ports/mailer.ts'
import type { WebhookSender } from '../../ports/webhook-sender.ts'
import type { StoredSubscription, SubscriptionRepository } from '../ports/subscription-repository.ts'
import { StatusEvents } from '../status-events.ts'
import { type Bulletin, bulletinOf, type BulletinsDeps, toldEvents, topicOf } from './bulletin.ts'
import type { Channel } from './subscription.ts'
import { routeOf } from './subscription-channels.ts'
import { bulletinMail, confirmationMail } from './subscription-mails.ts'
import type { SubscriptionService } from './subscription-service.ts'
import { confirmUrl, openTarget, sealingContext, unsubscribeUrl } from './subscription-target.ts'
import type { SubscriptionTokens } from './subscription-tokens.ts'

export interface SubscriptionDeliveriesDeps extends BulletinsDeps {
  readonly subscriptions: SubscriptionRepository
  readonly subscriptionTokens: SubscriptionTokens
  readonly subscriptionService: Pick<SubscriptionService, 'end'>
  readonly webhookSender: WebhookSender
  readonly mailer: Mailer
  readonly deliveries: Pick<DeliveryStore, 'list'>
  readonly logger: Logger
  readonly keyVault: KeyVault
  readonly appName: string
}

/** The ways to subscribers: the question whether they want it, and what they are told. */
export const subscriptionDeliveries = (deps: SubscriptionDeliveriesDeps): readonly DeliveryRoute[] => [
  {
    name: 'status.confirmation',
    events: [StatusEvents.subscriptionRequested.type],
    recipients: async ({ payload }) => [requested(payload).subscriptionId],
    send: (delivery) => ask(deps, delivery),
  },
  toChannel(deps, 'email', mailTo),
  { ...toChannel(deps, 'webhook', postTo), givenUp: (delivery) => endFailing(deps, delivery) },
]

const requested = (payload: unknown) => StatusEvents.subscriptionRequested.payload.parse(payload)

type Deps = SubscriptionDeliveriesDeps
type Tell = (
  deps: Deps,
  subscription: StoredSubscription,
  bulletin: Bulletin,
  delivery: Delivery,
) => Promise<string>

const toChannel = (deps: Deps, channel: Channel, tell: Tell): DeliveryRoute => ({
  name: routeOf(channel),
  events: toldEvents,
  recipients: (event) => deps.subscriptions.listWanting(channel, topicOf(event)),
  async send(delivery) {
    const subscription = await deps.subscriptions.find(delivery.recipient as Id<'sbr'>)
    if (subscription?.state !== 'active') return 'unsubscribed'
    const bulletin = await bulletinOf(deps, delivery.event)
    return bulletin ? tell(deps, subscription, bulletin, delivery) : 'nothing to tell'
  },
})

async function mailTo(
  deps: Deps,
  subscription: StoredSubscription,
  bulletin: Bulletin,
  { event }: Delivery,
): Promise<string> {
  const { mailer, keyVault, appName, publicUrl } = deps
  const { id } = subscription
  const unsubscribe = await unsubscribeUrl(deps, id)
  const to = await openTarget(keyVault, subscription)
  const frame = { id: `${event.id}:${id}`, to, appName, publicUrl, unsubscribe }
  await mailer.send(bulletinMail.render({ ...bulletin, unsubscribe }, frame))
  return 'accepted'
}

async function postTo(
  deps: Deps,
  subscription: StoredSubscription,
  { words: _, ...bulletin }: Bulletin,
  { event, signal }: Delivery,
): Promise<string> {
  const { id, secret } = subscription
  const target = {
    url: await openTarget(deps.keyVault, subscription),
    secrets: secret === null ? [] : [{ sealed: secret, expiresAt: null }],
    context: sealingContext(id),
  }
  const data = { ...bulletin, unsubscribeUrl: await unsubscribeUrl(deps, id) }
  const content = { type: event.type, timestamp: event.occurredAt.toISOString(), data }
  const status = await deps.webhookSender.deliver(target, event.id, content, signal)
  if (status === 410) await deps.subscriptionService.end(id, 'receiver')
  return `HTTP ${status}`
}

// Each takes an hour and a half on average: the receiver was down for most of a working day.
const mostFailures = 5

/** Ends the subscription of a webhook to which nothing came through for long, and says so in the log. */
async function endFailing(
  { deliveries, subscriptionService, logger }: Deps,
  { recipient }: Delivery,
): Promise<void> {
  const lane = { route: routeOf('webhook'), recipient }
  const log = await deliveries.list(null, lane, { limit: 100, after: null })
  // This one has not ended yet.
  const before = log.filter(({ status }) => status !== 'pending').slice(0, mostFailures - 1)
  if (before.length < mostFailures - 1 || before.some(({ status }) => status === 'delivered')) return
  if (await subscriptionService.end(recipient as Id<'sbr'>, 'failing'))
    logger.warn('The subscription of a webhook was ended: nothing had reached it for long.', {
      subscriptionId: recipient,
    })
}

/** Sends the token to the address that is said to want this; whoever reads it there can say so. */
async function ask(deps: Deps, { event, recipient, signal }: Delivery): Promise<string> {
  const { subscriptions, subscriptionTokens, keyVault, mailer, webhookSender, appName, publicUrl } = deps
  const { generation } = requested(event.payload)
  const subscription = await subscriptions.find(recipient as Id<'sbr'>)
  if (!subscription || subscription.generation !== generation) return 'not wanted any more'
  const { id, channel, state } = subscription
  const token = await subscriptionTokens.toConfirm(id, generation)
  if (channel === 'email') {
    const unsubscribe = await unsubscribeUrl(deps, id)
    const confirm = state === 'active' ? null : confirmUrl(deps, token)
    const to = await openTarget(keyVault, subscription)
    await mailer.send(
      confirmationMail.render({ confirm, unsubscribe }, { id: event.id, to, appName, publicUrl }),
    )
    return 'accepted'
  }
  if (state === 'active') return 'confirmed already'
  const target = { url: await openTarget(keyVault, subscription), secrets: [], context: sealingContext(id) }
  const answerAt = `${publicUrl}/api/v1/status/subscriptions/challenge`
  const content = {
    type: 'status.subscription.challenge',
    timestamp: event.occurredAt.toISOString(),
    data: { token, answerAt },
  }
  try {
    return `HTTP ${await webhookSender.deliver(target, event.id, content, signal)}`
  } catch (error) {
    // An address that must not be reached will not become one that may.
    const cause = error instanceof Error ? error.cause : undefined
    if (cause instanceof DomainError && cause.status === 422)
      throw DeliveryErrors.refused({ detail: cause.code }, { cause })
    throw error
  }
}
