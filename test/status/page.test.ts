import type { Component, Incident, StatusSummary } from '@corbel/core/status'
import { memoryStorage } from '@corbel/adapters/memory'
import { manualClock, memoryFetcher, racers } from '@corbel/core/ports'
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { publicUrl } from '../auth/support.fixture.ts'
import { statusApp } from './status-app.fixture.ts'

const hostile = '</title><script>alert(1)</script><img src=x onerror="alert(1)"> & \'"'

async function open(settings: Readonly<Record<string, string>> = {}) {
  const clock = manualClock()
  const answer = { status: 200, statuses: [] as number[], calls: 0 }
  const fetcher = memoryFetcher({
    answer: async () => {
      answer.calls++
      return new Response(null, { status: answer.statuses.shift() ?? answer.status })
    },
  })
  const inner = memoryStorage({ clock })
  const database = { isDown: false }
  // What reads does so through these lists.
  const { components } = inner.repositories.status
  const storage = {
    ...inner,
    repositories: {
      ...inner.repositories,
      status: {
        ...inner.repositories.status,
        components: {
          ...components,
          list: () => (database.isDown ? Promise.reject(new Error('down')) : components.list()),
        },
      },
    },
  }
  const app = await statusApp({ clock, fetcher, storage, settings })
  const component = async (body: object = {}) =>
    (await app.manage<Component>('POST', '/components', { name: 'API', ...body })).body
  const open = async (body: object = {}) =>
    (
      await app.manage<Incident>('POST', '/incidents', {
        title: 'Sign-in fails',
        severity: 'major',
        message: 'We look into it.',
        ...body,
      })
    ).body
  const summary = async () => (await app.call<StatusSummary>('GET', '/api/v1/status')).body
  const page = async () => (await app.fetch('GET', '/status')).text()
  const probe = () => app.stack.status.probes.run(clock.now())
  /** Probes at every interval. */
  const probes = async (count: number) => {
    for (let i = 0; i < count; i++) {
      clock.advance('30s')
      await probe()
    }
  }
  return { ...app, answer, database, component, open, summary, page, probe, probes }
}

const http = { kind: 'http', url: 'https://api.example.com/health' } as const

test('components are looked at as often as the settings say', async () => {
  const { component, stack, clock, answer } = await open({ STATUS_PROBE_SECONDS: '5' })
  await component({ check: http })
  await stack.start(undefined, { workers: false })
  const calls: number[] = []
  for (let i = 0; i < 3; i++) {
    clock.advance('5s')
    await stack.runJobs()
    calls.push(answer.calls)
  }
  expect(calls).toEqual([1, 2, 3])
  await stack.stop()
})

test('one failure is no outage, several in a row are one within the interval, and it takes several successes to end', async () => {
  const { component, page, summary, probes, answer, storage, stack } = await open({
    STATUS_PROBE_SECONDS: '1',
  })
  await component({ check: http })
  const states: string[] = []
  for (const statuses of [
    [200],
    [503, 200],
    [503, 503, 200],
    [503, 503, 503],
    [503],
    [200],
    [503],
    [200],
    [200],
  ]) {
    answer.statuses = statuses
    await probes(1)
    expect(answer.statuses).toEqual([])
    states.push((await summary()).status)
  }
  const [up, down] = ['operational', 'major_outage']
  expect(states).toEqual([up, up, up, down, down, down, down, down, up])
  expect(await page()).toContain('All systems operational')
  const events = await storage.outbox.claim({ limit: 100, leaseMs: 1 })
  expect(events.map(({ type }) => type).filter((type) => /failed|recovered/.test(type))).toEqual([
    'status.component.failed',
    'status.component.recovered',
  ])
  const { body } = await stack.meter.scrape()
  expect(
    body
      .split('\n')
      .filter((line) => line.startsWith('corbel_status_'))
      .toSorted(),
  ).toEqual([
    'corbel_status_component_transitions_total{to="down"} 1',
    'corbel_status_component_transitions_total{to="up"} 1',
    'corbel_status_probes_total{outcome="failed"} 8',
    'corbel_status_probes_total{outcome="passed"} 6',
  ])
})

test('with a threshold of one the page turns within one interval', async () => {
  const { component, page, probes, answer } = await open()
  await component({ check: { ...http, failures: 1 } })
  answer.status = 500
  await probes(1)
  expect(await page()).toContain('Some systems are out')
})

test('a check of one interval counts once, however many replicas make it', async () => {
  const { component, probe, storage, stack } = await open()
  const { id } = await component({ check: http })
  await Promise.all(Array.from({ length: racers }, () => probe()))
  await probe()
  const days = await storage.repositories.status.probes.listDays('2000-01-01')
  expect(days).toMatchObject([{ componentId: id, checks: 1, failures: 0 }])
  expect((await stack.meter.scrape()).body).toContain('corbel_status_probes_total{outcome="passed"} 1\n')
})

test('what is set by hand wins until it is cleared', async () => {
  const { component, manage, summary, probes, answer } = await open()
  const { id } = await component({ check: { ...http, failures: 1 } })
  answer.status = 500
  await probes(1)
  await manage('PATCH', `/components/${id}`, { override: 'operational' })
  expect((await summary()).status).toBe('operational')
  await manage('PATCH', `/components/${id}`, { override: null })
  expect((await summary()).status).toBe('major_outage')
})

test('the ports of the deployment can be a check', async () => {
  const { component, summary, probes } = await open()
  await component({ check: { kind: 'readiness', failures: 1 } })
  await probes(1)
  expect((await summary()).status).toBe('operational')
  await component({ name: 'Nothing', check: { kind: 'readiness', ports: ['nothing'], failures: 1 } })
  await probes(1)
  expect((await summary()).status).toBe('major_outage')
})

test('incidents affect their components until they are resolved', async () => {
  const { component, open: incident, manage, summary } = await open()
  const group = await component({ name: 'Core', kind: 'group' })
  const api = await component({ groupId: group.id })
  const { id } = await incident({ affected: [{ componentId: api.id, state: 'partial_outage' }] })
  expect(await summary()).toMatchObject({
    status: 'partial_outage',
    groups: [{ id: group.id, state: 'partial_outage' }],
    incidents: [{ id }],
  })
  await manage('POST', `/incidents/${id}/updates`, { state: 'resolved', message: 'Done' })
  expect(await summary()).toMatchObject({ status: 'operational', incidents: [] })
})

test('the page escapes whatever is in names and messages', async () => {
  const { component, open: incident, page, fetch } = await open()
  await component({ name: hostile.slice(0, 100), description: hostile })
  await incident({ title: hostile, message: hostile })
  const html = await page()
  expect(html).not.toMatch(/<script|<img/)
  expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  const feed = await (await fetch('GET', '/status.rss')).text()
  expect(feed).not.toMatch(/<script|<img/)
})

test('the page allows its own style sheet and nothing else', async () => {
  const { page, fetch } = await open()
  const style = /<style>([^]*)<\/style>/.exec(await page())?.[1] ?? ''
  const digest = createHash('sha256').update(style).digest('base64')
  const policy = (await fetch('GET', '/status')).headers.get('content-security-policy')
  expect(policy).toBe(
    `default-src 'none'; style-src 'sha256-${digest}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`,
  )
})

test.each(['/status', '/status.rss', '/status.json', '/api/v1/status', '/api/v1/status/history'])(
  '%s is cached, and 304 while nothing has changed',
  async (path) => {
    const { fetch, component, clock } = await open()
    const first = await fetch('GET', path)
    expect([first.status, first.headers.get('cache-control')]).toEqual([200, 'public, max-age=5'])
    const etag = first.headers.get('etag') ?? ''
    clock.advance('10s')
    const again = await fetch('GET', path, { headers: { 'if-none-match': etag } })
    expect([again.status, await again.text()]).toEqual([304, ''])
    if (path === '/status.rss') return
    await component({ name: 'Another' })
    expect((await fetch('GET', path, { headers: { 'if-none-match': etag } })).status).toBe(200)
  },
)

test('while the database is down it answers with what it knew, and says how old that is', async () => {
  const { component, page, summary, database, clock, fetch } = await open()
  await component({ name: 'Payments' })
  expect(await page()).not.toContain('cannot be read')
  const readAt = clock.now().toISOString()
  database.isDown = true
  clock.advance('1h')
  expect(await page()).toContain('Payments')
  expect(await page()).toContain(`<time datetime="${readAt}">`)
  expect(await summary()).toMatchObject({ staleSince: readAt })
  database.isDown = false
  clock.advance('10s')
  expect(await summary()).toMatchObject({ staleSince: null })
  expect((await fetch('GET', '/status')).status).toBe(200)
})

test('what was never read is not made up', async () => {
  const { database, call } = await open()
  database.isDown = true
  const { status, body } = await call<{ code: string }>('GET', '/api/v1/status')
  expect([status, body.code]).toEqual([503, 'status/unavailable'])
})

test('the feed is RSS 2.0 with an item for each update, by ids that stay', async () => {
  const { open: incident, manage, fetch, clock } = await open()
  const { id } = await incident({
    title: 'Broken & <b>',
    message: 'One \u000b two',
  })
  clock.advance('1m')
  await manage('POST', `/incidents/${id}/updates`, { state: 'resolved', message: 'Done' })
  const response = await fetch('GET', '/status.rss')
  expect(response.headers.get('content-type')).toBe('application/rss+xml; charset=utf-8')
  const feed = await response.text()
  expect(feed).toMatch(/^<\?xml version="1\.0" encoding="UTF-8"\?><rss version="2\.0"/)
  // oxlint-disable-next-line no-control-regex
  expect(feed).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/)
  expect([...feed.matchAll(/<title>([^<]*)<\/title>/g)].map(([, title]) => title)).toEqual([
    'Acme status',
    'Resolved: Broken &amp; &lt;b&gt;',
    'Investigating: Broken &amp; &lt;b&gt;',
  ])
  expect(feed).toContain(`<link>${publicUrl}/status#${id}</link>`)
  expect(
    new Set([...feed.matchAll(/<guid isPermaLink="false">(upd_\w+)</g)].map(([, guid]) => guid)).size,
  ).toBe(2)
})
