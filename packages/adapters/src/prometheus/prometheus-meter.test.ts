import { meterConformance } from '@corbel/core/ports'
import { Registry } from 'prom-client'
import { describe, expect, test } from 'vitest'
import { vitestSuite } from '../../../../test/vitest-suite.ts'
import { collectProcessMetrics } from './process-metrics.ts'
import { prometheusMeter } from './prometheus-meter.ts'

describe('prometheus meter', () => {
  meterConformance(vitestSuite, async () => ({ meter: prometheusMeter({ registry: new Registry() }) }))

  test('shows the process without gauges that are named like counters', async () => {
    const registry = new Registry()
    collectProcessMetrics(registry)
    const { body } = await prometheusMeter({ registry }).scrape()
    expect(body).toContain('nodejs_eventloop_lag_seconds')
    const gauges = body.split('\n').filter((line) => /^# TYPE \S+ gauge$/.test(line))
    expect(gauges.length).toBeGreaterThan(3)
    expect(gauges.filter((line) => line.includes('_total '))).toEqual([])
  })
})
