import type { Meter, Metric } from './meter.ts'
import type { Suite } from './suite.ts'

const requests: Metric = {
  name: 'test_requests_total',
  kind: 'counter',
  help: 'Requests.',
  labels: ['route'],
}
const open: Metric = { name: 'test_open', kind: 'gauge', help: 'Open things.', labels: [] }
const took: Metric = {
  name: 'test_took_seconds',
  kind: 'histogram',
  help: 'How long it took.',
  labels: [],
  buckets: [0.1, 1, 10],
}

/** The law of {@link Meter}. `fresh` gives a meter that has counted nothing for each test. */
export function meterConformance(
  { test, expect }: Suite,
  fresh: () => Promise<{ readonly meter: Meter }>,
): void {
  const linesOf = async (meter: Meter): Promise<readonly string[]> => (await meter.scrape()).body.split('\n')

  const refusal = async (misuse: () => unknown) => expect(Promise.resolve().then(misuse)).rejects.toThrow()

  test('scrape answers in the Prometheus text format 0.0.4', async () => {
    const { meter } = await fresh()
    meter.counter(requests).add({ route: '/a' })
    const { contentType, body } = await meter.scrape()
    expect(contentType.replaceAll(' ', '').startsWith('text/plain;version=0.0.4')).toBe(true)
    expect(body.endsWith('\n')).toBe(true)
    expect(body.split('\n')).toContain('# HELP test_requests_total Requests.')
    expect(body.split('\n')).toContain('# TYPE test_requests_total counter')
  })

  test('a counter adds up, by 1 unless told, each label value by itself', async () => {
    const { meter } = await fresh()
    const counter = meter.counter(requests)
    counter.add({ route: '/a' })
    counter.add({ route: '/a' }, 2.5)
    counter.add({ route: '/b' })
    expect(await linesOf(meter)).toContain('test_requests_total{route="/a"} 3.5')
    expect(await linesOf(meter)).toContain('test_requests_total{route="/b"} 1')
  })

  test('a counter refuses a negative amount', async () => {
    const { meter } = await fresh()
    const counter = meter.counter(requests)
    counter.add({ route: '/a' }, 5)
    await refusal(() => counter.add({ route: '/a' }, -1))
    expect(await linesOf(meter)).toContain('test_requests_total{route="/a"} 5')
  })

  test('a gauge shows the last value set', async () => {
    const { meter } = await fresh()
    const gauge = meter.gauge(open)
    gauge.set(5)
    gauge.set(-2)
    expect(await linesOf(meter)).toContain('test_open -2')
  })

  test('a histogram counts each value in every bucket that it does not exceed', async () => {
    const { meter } = await fresh()
    const histogram = meter.histogram(took)
    for (const value of [0.1, 0.5, 2, 20]) histogram.record(value)
    const lines = await linesOf(meter)
    for (const line of [
      'test_took_seconds_bucket{le="0.1"} 1',
      'test_took_seconds_bucket{le="1"} 2',
      'test_took_seconds_bucket{le="10"} 3',
      'test_took_seconds_bucket{le="+Inf"} 4',
      'test_took_seconds_sum 22.6',
      'test_took_seconds_count 4',
    ]) {
      expect(lines).toContain(line)
    }
  })

  test('label values and help are escaped', async () => {
    const { meter } = await fresh()
    meter.counter({ ...requests, help: 'One\nline \\.' }).add({ route: 'a "b"\n\\c' })
    expect(await linesOf(meter)).toContain('# HELP test_requests_total One\\nline \\\\.')
    expect(await linesOf(meter)).toContain('test_requests_total{route="a \\"b\\"\\n\\\\c"} 1')
  })

  test('a label that was not declared is refused', async () => {
    const { meter } = await fresh()
    await refusal(() => meter.counter(requests).add({ route: '/a', user: 'usr_1' }))
    await refusal(() => meter.gauge(open).set(1, { user: 'usr_1' }))
    await refusal(() => meter.histogram(took).record(1, { user: 'usr_1' }))
    expect((await meter.scrape()).body).not.toContain('usr_1')
  })

  test('asking twice for a metric gives the same instrument', async () => {
    const { meter } = await fresh()
    meter.counter(requests).add({ route: '/a' })
    meter.counter({ ...requests }).add({ route: '/a' })
    meter.histogram(took).record(1)
    meter.histogram(took).record(1)
    meter.gauge(open).set(1)
    meter.gauge(open).set(2)
    const lines = await linesOf(meter)
    expect(lines).toContain('test_requests_total{route="/a"} 2')
    expect(lines).toContain('test_took_seconds_count 2')
    expect(lines).toContain('test_open 2')
    expect(lines.filter((line) => line.startsWith('# TYPE test_open'))).toHaveLength(1)
  })

  test('a name that is declared otherwise is refused', async () => {
    const { meter } = await fresh()
    meter.counter(requests)
    await refusal(() => meter.counter({ ...requests, labels: ['other'] }))
    await refusal(() => meter.gauge({ ...requests, kind: 'gauge' }))
    await refusal(() => meter.gauge(requests))
  })

  test('what is registered with onScrape runs before every scrape, and is waited for', async () => {
    const { meter } = await fresh()
    const gauge = meter.gauge(open)
    let value = 0
    meter.onScrape(async () => {
      await Promise.resolve()
      value += 1
      gauge.set(value)
    })
    expect(await linesOf(meter)).toContain('test_open 1')
    expect(await linesOf(meter)).toContain('test_open 2')
  })

  test('a scrape survives a collector that fails', async () => {
    const { meter } = await fresh()
    meter.onScrape(() => {
      throw new Error('the database is away')
    })
    meter.onScrape(() => Promise.reject(new Error('so is the cache')))
    meter.counter(requests).add({ route: '/a' })
    expect(await linesOf(meter)).toContain('test_requests_total{route="/a"} 1')
  })
}
