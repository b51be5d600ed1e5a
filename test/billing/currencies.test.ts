import { localStripe } from '@corbel/adapters/local-stripe'
import { Secret } from '@corbel/core'
import { manualClock } from '@corbel/core/ports'
import { expect, test } from 'vitest'

test.each([
  ['usd', '2000', 2000],
  ['jpy', '500', 500],
  ['krw', '9900', 9900],
  ['kwd', '12340', 12_340],
  ['isk', '100000', 100_000],
])(
  'pitfall 33: what costs %s %s is charged as that, in the smallest unit',
  async (currency, unitAmount, total) => {
    const { gateway, giveCard } = await localStripe({
      webhookSecret: new Secret('whsec_local'),
      clock: manualClock(),
    })
    const { id: productId } = await gateway.catalog.createProduct({ planCode: 'pro', name: 'Pro' }, 'product')
    const price = await gateway.catalog.createPrice(
      { productId, lookupKey: 'pro', unitAmount, currency, interval: 'month', intervalCount: 1 },
      'price',
    )
    expect(price).toMatchObject({ currency, unitAmount })
    const { id: customerId } = await gateway.createCustomer({ tenantId: 'ten_1' }, 'customer')
    await giveCard(customerId, 'pm_card_visa')
    const items = [{ priceId: price.id, quantity: 3 }]
    const subscription = await gateway.startSubscription({ customerId, tenantId: 'ten_1', items }, 'start')
    expect(subscription.currency).toBe(currency)
    const { items: invoices } = await gateway.listInvoices(customerId)
    expect(invoices).toMatchObject([
      { currency, subtotal: 3 * total, total: 3 * total, amountDue: 3 * total, amountPaid: 3 * total },
    ])
    const preview = await gateway.preview({ of: 'none', customerId, subscriptionId: subscription.id })
    expect(preview).toMatchObject({ currency, total: 3 * total })
  },
)
