import {
  type AdapterInfo,
  type Clock,
  type Duration,
  milliseconds,
  type Secret,
  systemClock,
} from '@corbel/core/ports'
import type { PaymentGateway } from '@corbel/billing/ports'
import { Stripe } from 'stripe'
import { stripeGateway } from '../stripe/stripe-gateway.ts'
import { answer, type ApiRequest } from './api.ts'
import { completeCheckout } from './checkout.ts'
import { attach, updateCustomer } from './customers.ts'
import { type Chaos, type Deliver, sendDue, settle } from './delivery.ts'
import { Params } from './form.ts'
import { type LocalStripeStore, memoryStore } from './local-store.ts'
import { catchUp } from './time.ts'
import { emptyState, World, type WorldEvent, type WorldState } from './world.ts'

/** What goes wrong on the way to a request: it does not arrive, or its answer is lost. */
export type Fault = 'no-request' | 'no-answer' | 'busy' | 'broken'

export interface LocalStripeOptions {
  /** Signs the webhooks: what STRIPE_WEBHOOK_SECRET has. */
  readonly webhookSecret: Secret
  /** @default one that forgets everything with the process */
  readonly store?: LocalStripeStore
  /** @default systemClock */
  readonly clock?: Clock
  /** Where events go; without it they are only listed. */
  readonly deliver?: Deliver
  readonly chaos?: Chaos
  /** Where people find the pages of checkouts, up to their ids, for whoever shows them. @default Stripe's address, where nothing is */
  readonly checkoutUrl?: string
  /** Asked for every request; for tests. */
  readonly fault?: (request: ApiRequest) => Fault | undefined
}

/**
 * A Stripe of one's own: customers, subscriptions, invoices and signed events, over the same HTTP API and through the same client as
 * the real one, with a clock that can be advanced. What was answered is in the store. No money moves; the cards are Stripe's trial cards.
 */
export interface LocalStripe {
  /** To be given to anything that speaks Stripe's API. */
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>
  /** The official client, talking to this one. */
  readonly client: Stripe
  readonly gateway: PaymentGateway
  /** What has happened, oldest first. */
  events(): Promise<readonly WorldEvent[]>
  now(): Promise<Date>
  /** Lets time pass and everything in it happen. */
  advance(duration: Duration): Promise<void>
  /** Does what somebody does on the page of a checkout. @throws Error when the card is declined or the session is over. */
  completeCheckout(sessionId: string, card?: string): Promise<void>
  /** Gives a customer a card to pay with by default, such as `pm_card_visa`, or `pm_card_chargeCustomerFail`, which is always declined. */
  giveCard(customerId: string, card: string): Promise<string>
  /** Sends the events that are due; how many were accepted. */
  flush(): Promise<number>
  /** Sends and lets things fall due every second until it is called. */
  run(): () => Promise<void>
}

export async function localStripe({
  webhookSecret,
  store = memoryStore(),
  clock = systemClock,
  deliver,
  chaos,
  checkoutUrl,
  fault = () => undefined,
}: LocalStripeOptions): Promise<LocalStripe> {
  const kept = await store.read()
  const state: WorldState =
    kept === null ? emptyState() : { ...emptyState(), ...(JSON.parse(kept) as WorldState) }
  const world = new World(state, Stripe.API_VERSION, clock)
  if (checkoutUrl !== undefined) world.checkoutUrl = checkoutUrl
  const inTurn = queue()

  /** Runs alone, after everything that has fallen due, and answers when what it changed is kept. */
  const act = <T>(work: () => T, changes = true): Promise<T> =>
    inTurn(async () => {
      const happened = catchUp(world)
      try {
        return work()
      } finally {
        if (happened || changes) await store.write(JSON.stringify(world.state))
      }
    })

  const fetchLocal: LocalStripe['fetch'] = async (input, init) => {
    const request = await requestOf(new Request(input, init))
    const wrong = fault(request)
    if (wrong === 'no-request') throw new TypeError('fetch failed')
    if (wrong === 'busy') return reply(429, errorBody('rate_limit'))
    if (wrong === 'broken') return reply(500, errorBody('api_error'))
    const { status, body, isReplayed } = await act(() => answer(world, request), request.method !== 'GET')
    if (wrong === 'no-answer') throw new TypeError('fetch failed')
    return reply(status, body, isReplayed)
  }

  const client = new Stripe('sk_test_local', {
    httpClient: Stripe.createFetchHttpClient(fetchLocal),
    telemetry: false,
  })

  const sendInTurn = queue()
  /** Whoever listens may ask for something in the meantime, so nobody waits while it sends. */
  const flush = (): Promise<number> =>
    sendInTurn(async () => {
      if (deliver === undefined) return 0
      await act(() => {}, false)
      const attempts = await sendDue(world, {
        signer: Stripe.webhooks,
        secret: webhookSecret,
        deliver,
        chaos,
      })
      if (attempts.length > 0) await act(() => attempts.forEach((attempt) => settle(world, attempt)))
      return attempts.filter(({ isAccepted }) => isAccepted).length
    })

  return {
    fetch: fetchLocal,
    client,
    gateway: stripeGateway({ client, livemode: false, adapter: localStripeInfo }),
    events: () => act(() => [...world.state.events], false),
    now: () => act(() => new Date(world.now() * 1000), false),
    advance: (duration) =>
      act(() => {
        world.state.ahead += Math.floor(milliseconds(duration) / 1000)
        catchUp(world)
      }),
    completeCheckout: (id, card = 'pm_card_visa') => act(() => void completeCheckout(world, id, card)),
    giveCard: (customerId, card) =>
      act(() => {
        const { id } = attach(world, customerId, card)
        updateCustomer(world, new Params({ invoice_settings: { default_payment_method: id } }), customerId)
        return id
      }),
    flush,
    run() {
      let last: Promise<unknown> = Promise.resolve()
      const timer = setInterval(() => {
        last = last.then(flush).catch(() => {})
      }, 1000)
      return async () => {
        clearInterval(timer)
        await last
      }
    },
  }
}

/** What reports call it; for a host that must say so before it opens one. */
export const localStripeInfo = {
  name: 'local-stripe',
  standIn: {
    setting: 'STRIPE_SECRET_KEY',
    fix: 'Set STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET: the local payment gateway moves no money.',
  },
} as const satisfies AdapterInfo

async function requestOf(request: Request): Promise<ApiRequest> {
  const { pathname, search } = new URL(request.url)
  return {
    method: request.method,
    path: pathname + search,
    authorization: request.headers.get('authorization'),
    idempotencyKey: request.headers.get('idempotency-key'),
    body: await request.text(),
  }
}

const errorBody = (type: string) => JSON.stringify({ error: { type, message: 'On purpose.' } })

const reply = (status: number, body: string, isReplayed = false): Response =>
  new Response(body, {
    status,
    headers: {
      'content-type': 'application/json',
      'request-id': `req_local_${status}`,
      ...(isReplayed && { 'idempotent-replayed': 'true' }),
    },
  })

function queue(): <T>(run: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (run) => {
    const next = last.then(run)
    last = next.catch(() => {})
    return next
  }
}
