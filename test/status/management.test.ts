import type { Component, Incident, Maintenance } from '@corbel/core/status'
import { racers } from '@corbel/core/ports'
import { describe, expect, test } from 'vitest'
import { password } from '../auth/support.fixture.ts'
import { statusApp } from './status-app.fixture.ts'

interface Problem {
  readonly code: string
}

async function open() {
  const app = await statusApp()
  const component = async (body: object = {}) =>
    (await app.manage<Component>('POST', '/components', { name: 'API', ...body })).body
  const incident = async (body: object = {}) =>
    (
      await app.manage<Incident>('POST', '/incidents', {
        title: 'Sign-in fails',
        severity: 'major',
        message: 'We look into it.',
        ...body,
      })
    ).body
  const say = (id: string, state: string, body: object = {}) =>
    app.manage<Incident & Problem>('POST', `/incidents/${id}/updates`, { state, message: state, ...body })
  return { ...app, component, incident, say }
}

describe('status:manage', () => {
  test('is carried by operators and by no role of a tenant, an owner included', async () => {
    const { call, operator, signIn } = await open()
    await call('POST', '/api/v1/auth/register', {
      body: { email: 'ada@example.com', password, tenantName: 'Acme', acceptTerms: true },
    })
    const owner = await signIn('ada@example.com')
    expect(operator.scopes).toContain('status:manage')
    expect(owner.scopes).not.toContain('status:manage')
    const asOwner = await call<Problem>('POST', '/api/v1/status/components', {
      token: owner.accessToken,
      body: { name: 'Mine' },
    })
    expect([asOwner.status, asOwner.body.code]).toEqual([403, 'http/missing-scope'])
    expect((await call('GET', '/api/v1/status/components')).status).toBe(401)
  })
})

describe('components', () => {
  test('stand in the order of their positions, in groups of one level', async () => {
    const { component, manage } = await open()
    const group = await component({ name: 'Core', kind: 'group' })
    const api = await component({ groupId: group.id })
    const first = await component({ name: 'Web', position: 0 })
    const { body } = await manage<{ data: Component[] }>('GET', '/components')
    expect(body.data.map(({ id }) => id)).toEqual([group.id, first.id, api.id])
    const nested = await manage<Problem>('POST', '/components', {
      name: 'x',
      kind: 'group',
      groupId: group.id,
    })
    expect([nested.status, nested.body.code]).toEqual([422, 'status/group-not-found'])
    const inComponent = await manage<Problem>('POST', '/components', { name: 'x', groupId: api.id })
    expect(inComponent.body.code).toBe('status/group-not-found')
    const full = await manage<Problem>('DELETE', `/components/${group.id}`)
    expect([full.status, full.body.code]).toEqual([409, 'status/group-not-empty'])
    expect((await manage('PATCH', `/components/${api.id}`, { groupId: null })).status).toBe(200)
    expect((await manage('DELETE', `/components/${group.id}`)).status).toBe(204)
    expect((await manage('DELETE', `/components/${group.id}`)).status).toBe(404)
  })

  test('a name with a line break is refused, and changes nothing', async () => {
    const { manage } = await open()
    const { status } = await manage('POST', '/components', { name: 'API\r\nBcc: x@example.com' })
    expect(status).toBe(400)
    expect((await manage('GET', '/components')).body).toEqual({ data: [] })
  })
})

describe('incidents', () => {
  test('go through their states, with what was said in order', async () => {
    const { component, incident, say, call } = await open()
    const api = await component()
    const { id } = await incident({ affected: [{ componentId: api.id, state: 'degraded' }] })
    expect((await say(id, 'identified')).status).toBe(201)
    expect((await say(id, 'investigating')).status).toBe(201)
    expect((await say(id, 'postmortem')).body.code).toBe('status/wrong-state')
    expect((await say(id, 'resolved')).body).toMatchObject({ resolvedAt: expect.any(String) })
    expect((await say(id, 'monitoring')).body.code).toBe('status/wrong-state')
    expect((await say(id, 'postmortem')).status).toBe(201)
    const { body } = await call<Incident>('GET', `/api/v1/status/incidents/${id}`)
    expect(body.updates.map(({ state }) => state)).toEqual([
      'investigating',
      'identified',
      'investigating',
      'resolved',
      'postmortem',
    ])
    expect(body).toMatchObject({ state: 'postmortem', version: 5 })
  })

  test('of those who resolve one at the same moment one does, and it is told once', async () => {
    const { incident, say, storage } = await open()
    const { id } = await incident()
    const before = (await storage.outbox.depth()).pending
    const answers = await Promise.all(Array.from({ length: racers }, () => say(id, 'resolved')))
    const codes = answers.map(({ status, body }) => (status === 201 ? 'done' : body.code))
    expect(codes.filter((code) => code === 'done')).toHaveLength(1)
    expect(codes.filter((code) => code === 'status/changed')).toHaveLength(racers - 1)
    expect((await storage.outbox.depth()).pending).toBe(before + 1)
  })

  test('a component that does not exist, or is a group, is not affected', async () => {
    const { component, manage } = await open()
    const group = await component({ kind: 'group' })
    for (const componentId of [group.id, 'cmp_00000000000000000000000000']) {
      const { status, body } = await manage<Problem>('POST', '/incidents', {
        title: 'x',
        severity: 'minor',
        message: 'x',
        affected: [{ componentId, state: 'degraded' }],
      })
      expect([status, body.code]).toEqual([422, 'status/unknown-component'])
    }
  })

  test('are corrected without telling anybody', async () => {
    const { incident, manage } = await open()
    const { id } = await incident()
    const { body } = await manage('PATCH', `/incidents/${id}`, {
      title: 'Sign-in is slow',
      severity: 'minor',
    })
    expect(body).toMatchObject({ title: 'Sign-in is slow', severity: 'minor', version: 2 })
  })
})

describe('maintenance', () => {
  const at = (clock: { now(): Date }, minutes: number) =>
    new Date(clock.now().getTime() + minutes * 60_000).toISOString()

  test('begins and ends by itself, and says so once', async () => {
    const { manage, clock, stack, storage } = await open()
    const { status, body } = await manage<Maintenance>('POST', '/maintenance', {
      title: 'Upgrade',
      message: 'Short breaks',
      startsAt: at(clock, 2),
      endsAt: at(clock, 4),
    })
    expect([status, body.state]).toEqual([201, 'scheduled'])
    const state = async () => (await storage.repositories.status.maintenance.find(body.id))?.state
    const events = (await storage.outbox.depth()).pending
    clock.advance('2m')
    await Promise.all(Array.from({ length: racers }, () => stack.status.maintenance.advance()))
    expect(await state()).toBe('in_progress')
    const moved = await manage<Problem>('PATCH', `/maintenance/${body.id}`, { startsAt: at(clock, 1) })
    expect(moved.body.code).toBe('status/maintenance-started')
    clock.advance('2m')
    await stack.status.maintenance.advance()
    expect(await state()).toBe('completed')
    expect((await storage.outbox.depth()).pending).toBe(events + 2)
    const late = await manage<Problem>('PATCH', `/maintenance/${body.id}`, { state: 'cancelled' })
    expect(late.body.code).toBe('status/maintenance-ended')
  })

  test('is cancelled, and a period that is none is refused', async () => {
    const { manage, clock } = await open()
    const plan = (startsAt: string, endsAt: string) =>
      manage<Maintenance & Problem>('POST', '/maintenance', { title: 'x', message: 'x', startsAt, endsAt })
    expect((await plan(at(clock, 60), at(clock, 60))).body.code).toBe('status/invalid-period')
    expect((await plan(at(clock, -60), at(clock, -1))).body.code).toBe('status/invalid-period')
    const { body } = await plan(at(clock, 1), at(clock, 2))
    const cancelled = await manage<Maintenance>('PATCH', `/maintenance/${body.id}`, { state: 'cancelled' })
    expect(cancelled.body.state).toBe('cancelled')
  })
})
