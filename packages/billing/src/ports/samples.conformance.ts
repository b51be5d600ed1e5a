import { type Id, newId } from '@corbel/core'
import type { Storage } from '@corbel/core/ports'
import { type TenantRepositories } from '@corbel/core/tenant/ports'
import type { BillingRepositories } from './billing-repositories.ts'
import type { GatewaySubscription } from '../gateway/gateway-objects.ts'
import type { InboxDraft } from './inbox-repository.ts'

/** A storage that keeps the billing module and the tenants that its rows belong to, perhaps among others. */
export type BillingStorage = Storage<{
  readonly billing: BillingRepositories
  readonly tenant: TenantRepositories
}>

export const now = new Date('2026-03-01T12:00:00.000Z')

/** Stores a tenant and returns its id. */
export async function storedTenant({ repositories }: BillingStorage): Promise<Id<'ten'>> {
  const id = newId('ten')
  await repositories.tenant.tenants.insert({
    id,
    slug: `acme-${id.slice(-8)}`,
    name: 'Acme',
    createdAt: now.toISOString(),
  })
  return id
}

export const sampleEvent = (change: Partial<InboxDraft> = {}): InboxDraft => ({
  account: 'acct_1',
  id: newId('evt'),
  kind: 'snapshot',
  type: 'customer.subscription.updated',
  objectType: 'subscription',
  objectId: 'sub_1',
  apiVersion: '2026-10-28.endive',
  occurredAt: new Date('2026-03-01T11:59:58.000Z'),
  receivedAt: now,
  twinId: null,
  secretIndex: 0,
  payload: { data: { object: { id: 'sub_1', name: 'Žofie 🌱 "quoted" \\u0041' } }, list: [1, null, {}] },
  ...change,
})

export const sampleSubscription = (change: Partial<GatewaySubscription> = {}): GatewaySubscription => ({
  id: 'sub_1',
  customerId: 'cus_1',
  tenantId: null,
  status: 'active',
  items: [
    {
      id: 'si_1',
      priceId: 'price_pro',
      productId: 'prod_pro',
      lookupKey: 'pro_monthly',
      quantity: 3,
      periodStart: '2026-03-01T00:00:00.000Z',
      periodEnd: '2026-04-01T00:00:00.000Z',
    },
  ],
  chosenSeats: null,
  currency: 'usd',
  periodStart: '2026-03-01T00:00:00.000Z',
  periodEnd: '2026-04-01T00:00:00.000Z',
  trialEnd: null,
  cancelAt: null,
  canceledAt: null,
  endedAt: null,
  hasPendingUpdate: false,
  scheduleId: null,
  latestInvoiceId: null,
  createdAt: '2026-03-01T00:00:00.000Z',
  ...change,
})
