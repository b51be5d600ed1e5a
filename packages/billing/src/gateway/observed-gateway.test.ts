import { memoryMeter, recordingLogger } from '@corbel/core/ports'
import { expect, test } from 'vitest'
import type { PaymentGateway } from '../ports/payment-gateway.ts'
import { GatewayErrors } from './gateway-errors.ts'
import { observedGateway } from './observed-gateway.ts'

/** A gateway with state of its own, as a third party may write one. */
class OwnGateway {
  readonly adapter = { name: 'own' }
  readonly livemode = false
  readonly #url = 'https://portal.example/credential'
  failure: Error | null = null
  readonly catalog = {
    list: async () => {
      if (this.failure) throw this.failure
      return { products: [], prices: [], meters: [] }
    },
  }
  async openPortal() {
    if (this.failure) throw this.failure
    return { url: this.#url }
  }
  async retrieve() {
    return null
  }
  read() {
    return { is: 'foreign', length: this.#url.length }
  }
}

test('each call is counted, timed and logged by its outcome, with its key and without what was said', async () => {
  const [own, meter, logger] = [new OwnGateway(), memoryMeter(), recordingLogger()]
  const gateway = observedGateway(own as unknown as PaymentGateway, { meter, logger })
  const open = () => gateway.openPortal({ customerId: 'cus_1', returnUrl: 'https://a.example' }, 'key-1')
  expect(await open()).toEqual({ url: 'https://portal.example/credential' })
  expect(await gateway.retrieve('subscription', 'sub_1')).toBe(null)
  expect(gateway.read({})).toMatchObject({ is: 'foreign' })
  expect(gateway.adapter).toEqual({ name: 'own' })
  const failures = [GatewayErrors.busy(), GatewayErrors.declined(), new TypeError('fetch failed')]
  for (const failure of failures) {
    own.failure = failure
    await expect(open()).rejects.toBe(failure)
    await expect(gateway.catalog.list()).rejects.toBe(failure)
  }
  const lines = (await meter.scrape()).body.split('\n').filter((line) => line.includes('calls_total{'))
  expect(lines.toSorted()).toEqual(
    [
      'catalog.list",outcome="busy',
      'catalog.list",outcome="declined',
      'catalog.list",outcome="failed',
      'openPortal",outcome="busy',
      'openPortal",outcome="declined',
      'openPortal",outcome="failed',
      'openPortal",outcome="ok',
      'retrieve",outcome="ok',
    ].map((labels) => `corbel_billing_gateway_calls_total{operation="${labels}"} 1`),
  )
  expect((await meter.scrape()).body).toContain('duration_seconds_count{operation="openPortal"} 4')
  expect(logger.lines.map(({ level, fields }) => [level, fields['outcome'], fields['key']])).toEqual([
    ['info', 'ok', 'key-1'],
    ['info', 'ok', undefined],
    ['warn', 'busy', 'key-1'],
    ['warn', 'busy', undefined],
    ['info', 'declined', 'key-1'],
    ['info', 'declined', undefined],
    ['warn', 'failed', 'key-1'],
    ['warn', 'failed', undefined],
  ])
  expect(JSON.stringify(logger.lines)).not.toMatch(/credential|cus_1|sub_1/)
})
