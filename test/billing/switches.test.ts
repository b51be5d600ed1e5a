import { memoryStorage } from '@corbel/adapters/memory'
import { type BillingOptions, BillingSettings } from '@corbel/billing'
import { GatewayErrors } from '@corbel/billing/ports'
import { expect, test } from 'vitest'
import { openBilling } from './billing.fixture.ts'
import { fakeGateway, subscription, tell, told } from './fake-gateway.fixture.ts'

const switches = Object.values(BillingSettings)
  .map(({ env }) => env)
  .filter((env) => env.startsWith('ENABLE_'))
const combinations = switches.reduce<readonly Readonly<Record<string, string>>[]>(
  (all, env) => all.flatMap((each) => [each, { ...each, [env]: 'true' }, { ...each, [env]: 'false' }]),
  [{}],
)
const table = combinations.flatMap((settings) => [
  [settings, 'with a gateway', true] as const,
  [settings, 'without one', false] as const,
])

test('the table has every switch on, off and as it is when nobody says', () => {
  expect(switches).toEqual(expect.arrayContaining(['ENABLE_BILLING', 'ENABLE_BILLING_RETRY_WORKER']))
  expect(new Set(table.map((row) => JSON.stringify(row))).size).toBe(2 * 3 ** switches.length)
})

test.each(table)('%j %s starts, and does what it says', async (settings, _, hasGateway) => {
  const fake = fakeGateway()
  const none = { gateway: undefined } as unknown as BillingOptions
  const all = await openBilling({ storage: memoryStorage() }, settings, fake, hasGateway ? {} : none)
  const { stack, clock, newTenant, deliver, eventOf } = all
  await stack.start(undefined, { workers: false })
  try {
    const tenantId = await newTenant()
    expect(await stack.billing.entitlements.get(tenantId)).toMatchObject({ planCode: null, access: 'none' })
    const follow = () => stack.billing.stream.follow(tenantId, null, AbortSignal.abort())
    if (settings['ENABLE_BILLING_STREAM'] === 'false')
      expect(follow).toThrow(expect.objectContaining({ code: 'billing/stream-off' }))
    else for await (const told of follow()) expect.unreachable(`before it was asked: ${told.id}`)
    const value = told(subscription())
    fake.has(value)
    fake.fails(GatewayErrors.busy())
    const { event, body } = tell({ object: value, thin: true })
    const isOn = hasGateway && settings['ENABLE_BILLING'] !== 'false'
    expect((await deliver(body)).status).toBe(isOn ? 200 : 503)
    await stack.runJobs()
    const before = await eventOf(event.id)
    expect(before?.status).toBe(isOn ? 'pending' : undefined)
    fake.fails(null)
    clock.advance('1h')
    await stack.runJobs()
    const retries = settings['ENABLE_BILLING_RETRY_WORKER'] !== 'false'
    expect((await eventOf(event.id))?.status).toBe(isOn ? (retries ? 'done' : 'pending') : undefined)
  } finally {
    await stack.stop()
  }
})
