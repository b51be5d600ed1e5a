import { Secret } from '@corbel/core'
import { Stripe } from 'stripe'
import { describe, expect, test } from 'vitest'
import { stripeGateway } from './stripe-gateway.ts'

const gateway = stripeGateway({ client: new Stripe('sk_test_none'), livemode: false })
const [first, second] = [new Secret('whsec_one'), new Secret('whsec_two')]
const now = new Date('2026-03-01T12:00:00Z')

const event = {
  id: 'evt_1',
  object: 'event',
  api_version: Stripe.API_VERSION,
  created: now.getTime() / 1000,
  livemode: false,
  type: 'customer.subscription.updated',
  data: { object: { id: 'sub_1', object: 'subscription' } },
}

const bytes = (text: string) => new Uint8Array(new TextEncoder().encode(text))

async function signed(text: string, { by = first, at = now } = {}) {
  const signature = await Stripe.webhooks.generateTestHeaderStringAsync({
    payload: text,
    secret: by.reveal(),
    timestamp: at.getTime() / 1000,
  })
  return { body: bytes(text), signature, secrets: [first, second], now }
}

const seconds = (count: number) => new Date(now.getTime() + count * 1000)
const text = JSON.stringify(event)

describe('a delivery', () => {
  test.each([
    [first, 0],
    [second, 1],
  ])('is accepted under each of the secrets, and says which', async (by, secretNo) => {
    const verified = await gateway.verify(await signed(text, { by }))
    expect(verified).toMatchObject({
      secretNo,
      event: { id: 'evt_1', kind: 'snapshot', object: { type: 'subscription', id: 'sub_1' } },
    })
  })

  test('with two signatures is accepted by the one that we know', async () => {
    const ours = await signed(text)
    const other = await signed(text, { by: new Secret('whsec_other') })
    const signature = `${other.signature},${ours.signature.split(',')[1]}`
    expect(await gateway.verify({ ...ours, signature })).toMatchObject({ secretNo: 0 })
  })

  test.each([-300, 300])('signed %i s from now is accepted', async (offset) => {
    expect(await gateway.verify(await signed(text, { at: seconds(offset) }))).toMatchObject({ secretNo: 0 })
  })

  test.each([-301, 301, 86_400 * 3650])('signed %i s from now is refused', async (offset) => {
    const verified = gateway.verify(await signed(text, { at: seconds(offset) }))
    await expect(verified).rejects.toMatchObject({ code: 'gateway/signature-out-of-time' })
  })

  test('that is not signed as it arrived is refused', async () => {
    const right = await signed(text)
    const wrongs = [
      { ...right, signature: null },
      { ...right, signature: '' },
      { ...right, signature: right.signature.toUpperCase() },
      { ...right, signature: `t=1,${right.signature}` },
      { ...right, body: bytes(JSON.stringify(event, null, 1)) },
      { ...right, secrets: [] },
      { ...right, secrets: [new Secret('whsec_other')] },
    ]
    for (const wrong of wrongs)
      await expect(gateway.verify(wrong)).rejects.toMatchObject({ code: 'gateway/invalid-signature' })
  })

  test.each(['null', '[]', '{}', '"evt_1"', 'not json', '{"id":"evt_1","object":"customer"}'])(
    'of %s is no event, although it is signed',
    async (body) => {
      await expect(gateway.verify(await signed(body))).rejects.toMatchObject({ code: 'gateway/not-an-event' })
    },
  )

  test('may be thin', async () => {
    const thin = {
      id: 'evt_2',
      object: 'v2.core.event',
      type: 'v1.customer.subscription.updated',
      created: '2026-03-01T12:00:00.000Z',
      livemode: false,
      related_object: { id: 'sub_1', type: 'subscription', url: '/v1/subscriptions/sub_1' },
      snapshot_event: 'evt_1',
    }
    const verified = await gateway.verify(await signed(JSON.stringify(thin)))
    expect(verified.event).toMatchObject({ kind: 'thin', twinId: 'evt_1', object: { id: 'sub_1' } })
    expect(gateway.read(verified.event.payload)).toEqual({
      is: 'reference',
      object: { type: 'subscription', id: 'sub_1' },
    })
  })
})

test('an event of another version of the API is only a reference, and one about something else is foreign', () => {
  const reference = { is: 'reference', object: { type: 'subscription', id: 'sub_1' } }
  expect(gateway.read({ ...event, api_version: '2024-06-20' })).toEqual(reference)
  expect(gateway.read(event)).toEqual(reference)
  expect(gateway.read({ ...event, data: { object: { id: 'ch_1', object: 'charge' } } })).toEqual({
    is: 'foreign',
  })
  expect(gateway.read({})).toEqual({ is: 'foreign' })
})
