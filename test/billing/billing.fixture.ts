import { auth } from '@corbel/auth'
import { billing, type BillingOptions } from '@corbel/billing'
import { createStack, fromEnv, type Id, newId, Secret } from '@corbel/core'
import { type Logger, manualClock, type Meter, silentLogger } from '@corbel/core/ports'
import { tenant } from '@corbel/core/tenant'
import { cheapHasher } from '../auth/cheap-hasher.fixture.ts'
import { peppers } from '../auth/support.fixture.ts'
import type { OpenStorage } from '../storages.ts'
import { fakeGateway } from './fake-gateway.fixture.ts'

export const origin = 'http://127.0.0.1:3000'

/** The stack with billing over a storage, with a gateway that is told what to say. */
export async function openBilling(
  { storage }: Pick<OpenStorage, 'storage'>,
  settings: Readonly<Record<string, string>> = {},
  fake = fakeGateway(),
  options: BillingOptions = {},
  platform: { readonly logger?: Logger; readonly meter?: Meter } = {},
) {
  const clock = manualClock(new Date('2026-01-01T06:00:00Z'))
  const stack = createStack({
    modules: [
      tenant(),
      auth({ passwords: cheapHasher }),
      billing({
        gateway: fake.gateway,
        webhookSecrets: [new Secret('of the fake gateway')],
        ...options,
      }),
    ],
    storage,
    clock,
    logger: silentLogger,
    ...platform,
    settings: fromEnv({ ...peppers, ...settings }),
  })
  const { customers, inbox, projections } = storage.repositories.billing

  async function newTenant(customerId: string | null = 'cus_1'): Promise<Id<'ten'>> {
    const { id } = await stack.tenant.tenants.create({ name: 'Acme', ownerId: newId('usr') })
    if (customerId !== null) await customers.insert({ tenantId: id, customerId, createdAt: clock.now() })
    return id
  }

  async function deliver(body: string, signature: string | null = 'signed') {
    const response = await stack.fetch(
      new Request(`${origin}/webhooks/stripe`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json; charset=utf-8',
          ...(signature !== null && { 'stripe-signature': signature }),
        },
        body,
      }),
      { remoteAddress: '192.0.2.1' },
    )
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }

  /** Events recorded for others since the last call, without those of the tenant module. */
  async function recorded(): Promise<readonly { readonly type: string; readonly payload: unknown }[]> {
    const entries = await storage.outbox.claim({ limit: 1000, leaseMs: 1000 })
    await storage.outbox.settle(entries.map(({ id }) => id))
    return entries.filter(({ type }) => type.startsWith('billing.'))
  }

  const dispatch = () => stack.billing.dispatcher.dispatchDue()
  const stateOf = async (tenantId: Id<'ten'>, id = 'sub_1') =>
    (await projections.find(tenantId, 'subscription', id))?.object.value.status ?? null
  const eventOf = (id: string) => inbox.find({ account: 'self', id })

  return { stack, clock, fake, inbox, newTenant, deliver, recorded, dispatch, stateOf, eventOf }
}
