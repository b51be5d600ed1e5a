import { meterConformance, type Metric } from '@corbel/core/ports'
import { Counter, Registry } from 'prom-client'
import { describe, expect, test } from 'vitest'
import { conforming } from '../../../../test/vitest-suite.ts'
import { collectProcessMetrics } from './process-metrics.ts'
import { prometheusMeter } from './prometheus-meter.ts'

const requests: Metric = {
  name: 'test_requests_total',
  kind: 'counter',
  help: 'Requests.',
  labels: ['route'],
}

describe('prometheusMeter', () => {
  meterConformance(conforming('meter', 'prometheus'), async () => ({
    meter: prometheusMeter({ registry: new Registry() }),
  }))

  test('its measurements of the process keep the rules of `promtool check metrics`', async () => {
    const registry = new Registry()
    collectProcessMetrics(registry)
    const { body } = await prometheusMeter({ registry }).scrape()
    const types = [...body.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => ({
      name,
      type,
    }))
    expect(types.length).toBeGreaterThan(10)
    for (const { name, type } of types) {
      expect(`${name} ${name.endsWith('_total')}`).toBe(`${name} ${type === 'counter'}`)
      expect(name).not.toMatch(/_(counter|gauge|histogram|milliseconds|kilobytes)$|[A-Z:]/)
      expect(body).toMatch(new RegExp(`^# HELP ${name} \\S`, 'm'))
    }
    expect(types.map(({ name }) => name)).toContain('process_cpu_seconds_total')
    expect(types.map(({ name }) => name)).toContain('nodejs_eventloop_lag_seconds')
    expect(body).not.toContain('nodejs_active_handles_total')
  })

  test('counts into the given registry, beside what is there', async () => {
    const registry = new Registry()
    new Counter({ name: 'own_total', help: 'Own.', registers: [registry] }).inc(3)
    const meter = prometheusMeter({ registry })
    meter.counter(requests).add({ route: '/a' })
    expect(await registry.metrics()).toContain('test_requests_total{route="/a"} 1')
    expect((await meter.scrape()).body).toContain('own_total 3')
  })

  test('two meters do not share what they count', async () => {
    const [one, two] = [
      prometheusMeter({ registry: new Registry() }),
      prometheusMeter({ registry: new Registry() }),
    ]
    one.counter(requests).add({ route: '/a' })
    two.counter(requests)
    expect((await two.scrape()).body).not.toContain('route="/a"')
  })
})
