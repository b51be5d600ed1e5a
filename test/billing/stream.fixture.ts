import { localStripe } from '@corbel/adapters/local-stripe'
import { memoryStorage } from '@corbel/adapters/memory'
import { auth } from '@corbel/auth'
import { applyCatalog, billing, defaultPlans } from '@corbel/billing'
import { createStack, fromEnv, Secret } from '@corbel/core'
import { type EventStream, manualClock, memoryMailer, silentLogger } from '@corbel/core/ports'
import { tenant } from '@corbel/core/tenant'
import * as z from 'zod'
import { EventSubscriptionReader } from '../../packages/core/src/http/event-subscription.ts'
import { cheapHasher } from '../auth/cheap-hasher.fixture.ts'
import { password, peppers } from '../auth/support.fixture.ts'
import { origin } from './billing.fixture.ts'

/** The stack over a local gateway that tells it what happens, and people who read along. */
export async function openStreaming(
  eventStream: EventStream | undefined,
  settings: Readonly<Record<string, string>> = {},
) {
  const clock = manualClock(new Date('2026-01-01T06:00:00Z'))
  const webhookSecret = new Secret('whsec_local')
  const local = await localStripe({
    webhookSecret,
    clock,
    deliver: async ({ body, signature }) => {
      const headers = { 'content-type': 'application/json', 'stripe-signature': signature }
      const request = new Request(`${origin}/webhooks/stripe`, { method: 'POST', headers, body })
      return (await stack.fetch(request, { remoteAddress: '192.0.2.1' })).status
    },
  })
  await applyCatalog(defaultPlans, local.gateway.catalog)
  const stack = createStack({
    modules: [
      tenant(),
      auth({ passwords: cheapHasher }),
      billing({ gateway: local.gateway, webhookSecrets: [webhookSecret] }),
    ],
    storage: memoryStorage({ clock }),
    ...(eventStream && { eventStream }),
    clock,
    mailer: memoryMailer(),
    logger: silentLogger,
    settings: fromEnv({ ...peppers, ...settings }),
  })

  await stack.start(undefined, { workers: false })

  async function send(method: string, path: string, token: string | null, body?: unknown) {
    const headers = {
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    }
    const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) }
    return stack.fetch(new Request(`${origin}${path}`, init), { remoteAddress: '192.0.2.1' })
  }

  async function member(email: string) {
    const account = { email, password, tenantName: 'Acme', acceptTerms: true }
    await send('POST', '/api/v1/auth/register', null, account)
    const answer = await send('POST', '/api/v1/auth/token', null, { email, password })
    const { accessToken, tenantId } = (await answer.json()) as { accessToken: string; tenantId: string }
    const path = `/api/v1/billing/tenants/${tenantId}/subscription`
    return {
      tenantId,
      /** Asks for something about the subscription; its status. */
      ask: async (verb: string, body: unknown) =>
        (await send('POST', `${path}${verb}`, accessToken, body)).status,
      open: (after: string | null, query = '') => open(accessToken, after, query),
    }
  }

  const open = (token: string, after: string | null, query: string) => {
    const controller = new AbortController()
    const headers = { authorization: `Bearer ${token}`, ...(after !== null && { 'last-event-id': after }) }
    const request = new Request(`${origin}/api/v1/billing/stream${query}`, {
      headers,
      signal: controller.signal,
    })
    const answer = stack.fetch(request, { remoteAddress: '192.0.2.1' })
    return { answer, leave: () => controller.abort() }
  }

  /** Whatever the gateway has to say, and whatever follows from it, until nothing does. */
  async function settle(): Promise<void> {
    for (let quiet = 0; quiet < 2;) {
      const sent = await local.flush()
      await stack.runJobs()
      quiet = sent + (await stack.deliverEvents()) === 0 ? quiet + 1 : 0
    }
  }

  return { stack, clock, local, member, settle }
}

export type Streaming = Awaited<ReturnType<typeof openStreaming>>

export interface Seen {
  readonly id: string
  readonly event?: string
  readonly data: {
    readonly id: string
    readonly type: string
    readonly data: Readonly<Record<string, unknown>>
  } | null
}

/** A reader of what a member is told. */
export async function follow(
  { open }: Awaited<ReturnType<Streaming['member']>>,
  after: string | null = null,
  query = '',
) {
  const { answer, leave } = open(after, query)
  const response = await answer
  if (response.status !== 200 || !response.body) throw new Error(`the stream answered ${response.status}`)
  const events = new EventSubscriptionReader(response.body, z.unknown(), undefined)
  const iterator = events[Symbol.asyncIterator]()
  return {
    /** The next ones, up to and with the first that fits. */
    async until(fits: (seen: Seen) => boolean): Promise<readonly Seen[]> {
      const seen: Seen[] = []
      for (;;) {
        const { done, value } = await iterator.next()
        if (done) throw new Error(`the stream ended after ${JSON.stringify(seen)}`)
        seen.push(value as Seen)
        if (fits(value as Seen)) return seen
      }
    },
    leave,
  }
}
