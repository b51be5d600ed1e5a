import { localStripe, type LocalStripeOptions } from '@corbel/adapters/local-stripe'
import { auth } from '@corbel/auth'
import { applyCatalog, billing, defaultPlans } from '@corbel/billing'
import type { PaymentGateway } from '@corbel/billing/ports'
import { createStack, fromEnv, newId, Secret } from '@corbel/core'
import { manualClock, silentLogger } from '@corbel/core/ports'
import { tenant } from '@corbel/core/tenant'
import { cheapHasher } from '../auth/cheap-hasher.fixture.ts'
import { peppers } from '../auth/support.fixture.ts'
import type { OpenStorage } from '../storages.ts'

const webhookSecret = new Secret('whsec_local')
type Fault = LocalStripeOptions['fault']

interface LocalBilling {
  readonly settings?: Readonly<Record<string, string>>
  /** Wraps the gateway. */
  readonly wrap?: (gateway: PaymentGateway) => PaymentGateway
}

/** The stack with billing over a storage, with a local gateway whose events come in by themselves, and one tenant. */
export async function openLocalBilling(
  opened: OpenStorage,
  { settings = {}, wrap = (gateway) => gateway }: LocalBilling = {},
) {
  await opened.clear()
  const clock = manualClock(new Date('2026-01-01T06:00:00Z'))
  let fault: Fault
  let isHeard = true
  const local = await localStripe({
    webhookSecret,
    clock,
    fault: (request) => fault?.(request),
    deliver: async ({ body, signature }) => {
      if (isHeard) await stack.billing.intake.receive(new TextEncoder().encode(body), signature)
      return 200
    },
  })
  const stack = createStack({
    modules: [
      tenant(),
      auth({ passwords: cheapHasher, plans: defaultPlans }),
      billing({ gateway: wrap(local.gateway), webhookSecrets: [webhookSecret] }),
    ],
    storage: opened.storage,
    clock,
    logger: silentLogger,
    settings: fromEnv({ ...peppers, ...settings }),
  })
  await applyCatalog(defaultPlans, local.gateway.catalog)
  const ownerId = newId('usr')
  const { id: tenantId } = await stack.tenant.tenants.create({ name: 'Acme', ownerId })
  const { subscriptions, payments, dispatcher } = stack.billing
  const { customers, projections } = opened.storage.repositories.billing
  const own = { tenantId }
  return {
    clock,
    local,
    stack,
    tenantId,
    ownerId,
    own,
    subscriptions,
    payments,
    faulty(next: Fault) {
      fault = next
    },
    /** What is sent while nobody hears it never comes again. */
    hears(next: boolean) {
      isHeard = next
    },
    /** Lets time pass, and everything that the gateway tells of it. */
    async pass(duration: `${number}d`) {
      await local.advance(duration)
      await local.flush()
      await dispatcher.dispatchDue()
    },
    async told() {
      await local.flush()
      await dispatcher.dispatchDue()
    },
    /** Lets everything happen that follows from what was recorded. */
    async settled() {
      while ((await stack.deliverEvents()) + (await stack.runJobs()) > 0);
    },
    async card(card = 'pm_card_visa') {
      await payments.createSetupIntent(own)
      return local.giveCard((await customers.find(tenantId))?.customerId ?? '', card)
    },
    stateOf: async (type: 'subscription' | 'invoice', id: string) =>
      (await projections.find(tenantId, type, id))?.object.value ?? null,
    count: async (type: string) => (await local.events()).filter((event) => event.type === type).length,
  }
}
