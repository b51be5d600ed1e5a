import assert from 'node:assert/strict'
import { at, type BillingDrill } from './billing-drill.ts'
import { until } from './until.ts'

interface Bill {
  readonly id: string
  readonly status: string
  readonly total: number
  readonly paid: number
}

/** What we say is what the payment provider says, nothing was made twice, and the tenant was told of every version. */
export async function showSameAsProvider(drill: BillingDrill): Promise<void> {
  const { tour, token, provider, live } = drill
  const { client } = provider.local
  tour.chapter('Both sides')
  const customers = (await client.customers.list()).data
  const subscriptions = (await client.subscriptions.list({ status: 'all' })).data
  assert.equal(customers.length, 1, 'customers at the provider')
  assert.equal(subscriptions.length, 1, 'subscriptions at the provider')
  const theirs = (await client.invoices.list({ limit: 100 })).data.map(
    ({ id, status, total, amount_paid }): Bill => ({
      id,
      status: `${status}`,
      total,
      paid: amount_paid,
    }),
  )
  const sorted = (bills: readonly Bill[]) => bills.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  await until('our invoices are theirs', async () => {
    const { body } = await tour.call('GET', at(drill, '/invoices?limit=100'), { token })
    const ours = (body['data'] as readonly (Bill & { readonly amountPaid: number })[]).map(
      ({ id, status, total, amountPaid }): Bill => ({ id, status, total, paid: amountPaid }),
    )
    return JSON.stringify(sorted(ours)) === JSON.stringify(sorted(theirs))
  })
  const paid = theirs.reduce((sum, bill) => sum + bill.paid, 0)
  tour.tell(
    `one customer, one subscription, ${theirs.length} invoices, ${(paid / 100).toFixed(2)} paid, on both sides`,
  )
  const told = () =>
    Map.groupBy(
      live.seen.filter(({ type }) => /^billing\.(subscription|invoice)\.changed$/.test(type)),
      ({ data }) => String(data['invoiceId'] ?? data['subscriptionId']),
    )
  await until('the stream has told of every version', () =>
    [subscriptions[0]?.id ?? '', ...theirs.map(({ id }) => id)].every((id) => {
      const versions = new Set((told().get(id) ?? []).map(({ data }) => Number(data['version'])))
      return versions.size > 0 && Math.max(...versions) === versions.size
    }),
  )
  assert.equal(live.resets, 0, 'the stream has forgotten something')
  tour.tell(`${live.seen.length} live events, each version of each object told`)
}
