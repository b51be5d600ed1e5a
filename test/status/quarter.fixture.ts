import type { Component, Incident } from '@corbel/core/status'
import { memoryStorage } from '@corbel/adapters/memory'
import { type ManualClock, manualClock } from '@corbel/core/ports'
import type { OpenStorage } from '../storages.ts'
import { statusApp } from './status-app.fixture.ts'

const day = 86_400_000

/** A large page: 60 components in groups, each with 90 days of which `isBad` says which had trouble. */
export async function quarter(
  isBad: (component: number, day: number) => boolean,
  openStorage: (clock: ManualClock) => OpenStorage['storage'] = (clock) => memoryStorage({ clock }),
) {
  const clock = manualClock(new Date('2026-03-31T12:00:00.000Z'))
  const storage = openStorage(clock)
  const app = await statusApp({ clock, storage })
  const create = async (body: object) => (await app.manage<Component>('POST', '/components', body)).body.id
  const groups = [
    await create({ name: 'Core', kind: 'group' }),
    await create({ name: 'Regions', kind: 'group' }),
  ]
  const check = { kind: 'http', url: 'https://api.example.com/health' }
  const ids: Component['id'][] = []
  for (let i = 0; i < 60; i++) {
    const description = 'What customers call when they build upon us.'
    ids.push(
      await create({ name: `Component number ${i + 1}`, description, groupId: groups[i % 3] ?? null, check }),
    )
  }
  const { probes } = storage.repositories.status
  for (const [number, componentId] of ids.entries()) {
    let last: Date | null = null
    for (let i = 89; i >= 0; i--) {
      const checkedAt = new Date(clock.now().getTime() - i * day)
      const passed = !isBad(number, i)
      const next = { componentId, isUp: true, streak: 0, checkedAt, result: 'x' }
      await probes.record(next, { passed, latencyMs: 1, result: 'x' }, last)
      last = checkedAt
    }
  }
  const open = async (body: object) =>
    (
      await app.manage<Incident>('POST', '/incidents', {
        severity: 'major',
        message: 'We look into it.',
        ...body,
      })
    ).body.id
  const affected = [
    { componentId: ids[0], state: 'degraded' },
    { componentId: ids[1], state: 'partial_outage' },
    { componentId: ids[2], state: 'major_outage' },
  ]
  await open({ title: 'Sign-in is slow', affected })
  const over = await open({ title: 'Mails are late', severity: 'minor' })
  await app.manage('POST', `/incidents/${over}/updates`, { state: 'resolved', message: 'All of them left.' })
  await app.manage('POST', '/maintenance', {
    title: 'Upgrade of the database',
    message: 'Short breaks.',
    componentIds: [ids[3]],
    startsAt: '2026-04-01T00:00:00.000Z',
    endsAt: '2026-04-01T02:00:00.000Z',
  })
  const response = await app.fetch('GET', '/status')
  return { ...app, html: await response.text() }
}
