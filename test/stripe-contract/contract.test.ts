import { describe, expect, test } from 'vitest'
import { stripeContract } from './contract.ts'

const contract = stripeContract()
const check = (path: string, data: Record<string, unknown>, method = 'POST') =>
  contract.checkRequest(method, `/v1/${path}`, data)

describe('the contract read from the stripe package', () => {
  test('has the operations of the version that the package pins', async () => {
    const { Stripe } = await import('stripe')
    expect(contract.apiVersion).toBe(Stripe.API_VERSION)
    expect(contract.operations.length).toBeGreaterThan(600)
  })

  test.each([
    ['customers', { email: 'a@example.test', metadata: { tenant_id: 'ten_1' } }],
    ['subscriptions', { customer: 'cus_1', items: [{ price: 'price_1', quantity: '3' }], trial_end: 'now' }],
    ['subscriptions/sub_1', { cancel_at: '', proration_behavior: 'always_invoice' }],
    ['subscriptions/sub_1/resume', { billing_cycle_anchor: { type: 'now' } }],
    ['prices', { currency: 'usd', unit_amount_decimal: '0.05', recurring: { interval: 'month' } }],
  ])('lets a right request to %s pass', (path, data) => {
    expect(check(path, data)).toEqual([])
  })

  test.each([
    ['a misspelt parameter', 'customers', { emial: 'a@example.test' }],
    [
      'a value that an open enumeration does not list',
      'subscriptions/sub_1',
      { proration_behavior: 'sometimes' },
    ],
    ['a parameter that is missing', 'prices', { unit_amount: '1' }],
    ['a wrong type', 'subscriptions', { customer: 'cus_1', trial_end: 'tomorrow' }],
    [
      'what this version has removed',
      'checkout/sessions',
      { mode: 'payment', payment_method_types: ['card'] },
    ],
    ['the old form of what it has changed', 'subscriptions/sub_1/resume', { billing_cycle_anchor: 'now' }],
    ['an address that is gone', 'subscription_items/si_1/usage_records', { quantity: '1' }],
    [
      '51 keys of metadata',
      'customers',
      { metadata: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, 'v'])) },
    ],
  ])('refuses %s', (_, path, data) => {
    expect(check(path, data)).not.toEqual([])
  })

  test('refuses an answer that lacks a field or has one of another type', () => {
    const product = (change: object) =>
      contract.checkReply('GET', '/v1/products/prod_1', { id: 'prod_1', object: 'product', ...change })
    const whole = {
      active: true,
      created: 1,
      description: null,
      images: [],
      livemode: false,
      marketing_features: [],
      metadata: {},
      name: 'Pro',
      package_dimensions: null,
      shippable: null,
      tax_details: null,
      type: 'service',
      updated: 1,
      url: null,
    }
    expect(product(whole)).toEqual([])
    expect(product({ ...whole, created: 'today' })).not.toEqual([])
    expect(product({ ...whole, name: undefined })).not.toEqual([])
  })
})
