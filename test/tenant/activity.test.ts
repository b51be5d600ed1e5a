import { memoryStorage } from '@corbel/adapters/memory'
import type { ActivityPage } from '@corbel/core/tenant'
import { EventSubscriptionReader } from '../../packages/core/src/http/event-subscription.ts'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { publicUrl, type TestApp } from '../auth/support.fixture.ts'
import { type Problem, team } from './team.fixture.ts'

const path = '/api/v1/activity'

const list = async (app: TestApp, token: string, query = '') =>
  (await app.call<ActivityPage & Problem>('GET', `${path}${query}`, { token })).body

const rename = (app: TestApp, token: string, name: string) =>
  app.call('PATCH', '/api/v1/tenants/account', { token, body: { name } })

/** An open stream, and how to end it. */
async function follow(app: TestApp, token: string, after?: string) {
  const controller = new AbortController()
  const request = new Request(`${publicUrl}${path}/stream`, {
    headers: { authorization: `Bearer ${token}`, ...(after !== undefined && { 'last-event-id': after }) },
    signal: controller.signal,
  })
  const response = await app.stack.fetch(request, { remoteAddress: '192.0.2.1' })
  if (response.status !== 200 || !response.body) throw new Error(`the stream answered ${response.status}`)
  const events = new EventSubscriptionReader(response.body, z.unknown(), undefined)
  const iterator = events[Symbol.asyncIterator]()
  return {
    /** The next so many events. */
    async take(count: number) {
      const taken: { readonly id: string; readonly event?: string; readonly data: unknown }[] = []
      while (taken.length < count) {
        const { done, value } = await iterator.next()
        if (done) break
        taken.push(value)
      }
      return taken
    },
    leave: () => controller.abort(),
  }
}

const named = (events: readonly { readonly data: unknown }[]) =>
  events.map(({ data }) => (data as { readonly data: { readonly name?: string } } | null)?.data.name)

describe('the activity of a tenant', () => {
  test('says who did what to what, from the events of every module that are visible', async () => {
    const { app, owner, join } = await team()
    const bob = await join('bob@example.com', 'member')
    const key = await app.call<{ id: string }>('POST', '/api/v1/auth/api-keys', {
      token: owner.accessToken,
      body: { name: 'key', scopes: ['tenant:read'] },
      headers: { 'x-request-id': 'req-of-key' },
    })
    await app.events()
    const { data } = await list(app, owner.accessToken)
    expect(data[0]).toMatchObject({
      action: 'auth.api_key.created',
      actorId: owner.userId,
      objectId: key.body.id,
      source: 'user',
      outcome: 'success',
      requestId: 'req-of-key',
    })
    const actions = data.map(({ action }) => action)
    expect(actions).toEqual([
      'auth.api_key.created',
      'tenant.member.added',
      'tenant.invitation.accepted',
      'tenant.invitation.sent',
      'tenant.account.created',
    ])
    expect(data.find(({ action }) => action === 'tenant.member.added')?.objectId).toBe(bob.userId)
  })

  test('is not shown without the permission, nor to another tenant', async () => {
    const { app, owner, join } = await team()
    const viewer = await join('vera@example.com', 'viewer')
    expect(await list(app, viewer.accessToken)).toMatchObject({ code: 'http/missing-scope' })
    const eve = await app.member('eve@example.com')
    await app.events()
    const [own] = (await list(app, owner.accessToken)).data
    const foreign = await list(app, eve.accessToken)
    expect(foreign.data.map(({ id }) => id)).not.toContain(own?.id)
    for (const verb of ['read', 'dismiss']) {
      const { status } = await app.call('POST', `${path}/${own?.id}/${verb}`, { token: eve.accessToken })
      expect(status).toBe(404)
    }
  })

  test('is read, dismissed and marked by each member for themselves; the count follows', async () => {
    const { app, owner, join } = await team()
    const bob = await join('bob@example.com', 'member')
    await rename(app, owner.accessToken, 'First')
    await rename(app, owner.accessToken, 'Second')
    await app.events()
    const before = await list(app, bob.accessToken)
    const [second, first] = before.data
    const act = (id: string | undefined, verb: string) =>
      Promise.all(
        Array.from({ length: 64 }, () =>
          app.call('POST', `${path}/${id}/${verb}`, { token: bob.accessToken }),
        ),
      )
    const answers = [...(await act(second?.id, 'read')), ...(await act(first?.id, 'dismiss'))]
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 128 }, () => 204))
    const after = await list(app, bob.accessToken)
    expect(after.unreadCount).toBe(before.unreadCount - 2)
    expect(after.data[0]).toMatchObject({ id: second?.id, read: true })
    expect(after.data.map(({ id }) => id)).not.toContain(first?.id)
    const dismissed = await list(app, bob.accessToken, '?state=dismissed')
    expect(dismissed.data).toMatchObject([{ id: first?.id, dismissed: true }])
    await app.call('POST', `${path}/mark-all-read`, { token: bob.accessToken })
    expect(await list(app, bob.accessToken)).toMatchObject({ unreadCount: 0 })
    await rename(app, owner.accessToken, 'Third')
    await app.events()
    expect(await list(app, bob.accessToken, '?state=unread')).toMatchObject({
      unreadCount: 1,
      data: [{ data: { name: 'Third' } }],
    })
  })

  test('is listed page by page under every filter; a forged cursor is refused', async () => {
    const { app, owner } = await team()
    for (const name of ['One', 'Two', 'Three']) await rename(app, owner.accessToken, name)
    await app.events()
    const query = `?action=tenant.account.renamed&actorId=${owner.userId}&source=user&limit=2`
    const first = await list(app, owner.accessToken, query)
    const rest = await list(app, owner.accessToken, `${query}&cursor=${first.nextCursor}`)
    expect(named([...first.data, ...rest.data].map((data) => ({ data })))).toEqual(['Three', 'Two', 'One'])
    expect(rest.nextCursor).toBe(null)
    for (const cursor of [btoa('1:abc').replaceAll('=', ''), 'x'])
      expect(await list(app, owner.accessToken, `?cursor=${cursor}`)).toMatchObject({
        code: 'page/invalid-cursor',
      })
  })

  test('keeps an event that is delivered twice once', async () => {
    const { app, owner } = await team()
    const events = await app.events()
    const created = events.find(({ type }) => type === 'tenant.account.created')
    if (!created) throw new Error('There was no tenant.')
    await Promise.all(Array.from({ length: 64 }, () => app.stack.tenant.activity.record(created)))
    expect((await list(app, owner.accessToken, '?action=tenant.account.created')).data).toHaveLength(1)
  })
})

describe('the stream of a tenant', () => {
  test('tells what happens, and a client that was cut off goes on with no gap and nothing twice', async () => {
    const { app, owner } = await team()
    await app.events()
    const seen: string[] = []
    let stream = await follow(app, owner.accessToken)
    const first = stream.take(1)
    await rename(app, owner.accessToken, 'Name 0')
    await app.events()
    let last = (await first)[0]
    seen.push(...named(await first).map(String))
    for (let round = 1; round < 20; round += 3) {
      stream.leave()
      for (let i = round; i < round + 3; i++) await rename(app, owner.accessToken, `Name ${i}`)
      // The half of it before, the rest after the client is back.
      if (round % 2) await app.events()
      stream = await follow(app, owner.accessToken, last?.id)
      const [taken] = await Promise.all([stream.take(3), app.events()])
      seen.push(...named(taken).map(String))
      last = taken.at(-1)
    }
    stream.leave()
    expect(seen).toEqual(Array.from({ length: 22 }, (_, i) => `Name ${i}`))
  })

  test('costs a tenant one read for each event, however many clients follow', async () => {
    const storage = memoryStorage()
    const { activity } = storage.repositories.tenant
    let reads = 0
    const counted: typeof activity = {
      ...activity,
      listAfter: (...of) => {
        reads++
        return activity.listAfter(...of)
      },
    }
    const { repositories } = storage
    const counting = { ...repositories, tenant: { ...repositories.tenant, activity: counted } }
    const { app, owner } = await team({ storage: { ...storage, repositories: counting } })
    await app.events()
    const streams = await Promise.all(Array.from({ length: 64 }, () => follow(app, owner.accessToken)))
    const first = streams.map((stream) => stream.take(1))
    await rename(app, owner.accessToken, 'First')
    await app.events()
    await Promise.all(first)
    reads = 0
    const second = streams.map((stream) => stream.take(1))
    await rename(app, owner.accessToken, 'Second')
    await app.events()
    for (const taken of await Promise.all(second)) expect(named(taken)).toEqual(['Second'])
    // One that is woken finds it; one before it may have found nothing.
    expect(reads).toBeLessThanOrEqual(2)
    for (const stream of streams) stream.leave()
  })

  test.each([['999999'], ['x'], ['-1'], ['1e3'], ['9'.repeat(15)]])(
    'begins with a reset for the unknown place %j, and goes on',
    async (after) => {
      const { app, owner } = await team()
      await app.events()
      const stream = await follow(app, owner.accessToken, after)
      const [reset] = await stream.take(1)
      expect(reset).toMatchObject({ event: 'reset', data: null })
      const next = stream.take(1)
      await rename(app, owner.accessToken, 'Told')
      await app.events()
      expect(named(await next)).toEqual(['Told'])
      stream.leave()
    },
  )

  test('begins with a reset after a place that was forgotten', async () => {
    const { app, owner } = await team()
    await rename(app, owner.accessToken, 'Old')
    await app.events()
    app.clock.advance('91d')
    expect(await app.stack.tenant.activity.purge()).toBe(2)
    const { accessToken } = (await app.signIn('ada@example.com')).body
    const stream = await follow(app, accessToken, '0')
    expect(await stream.take(1)).toMatchObject([{ id: '2', event: 'reset', data: null }])
    stream.leave()
  })

  test('tells nothing of another tenant', async () => {
    const { app, owner } = await team()
    const eve = await app.member('eve@example.com')
    await app.events()
    const stream = await follow(app, eve.accessToken)
    const next = stream.take(1)
    await rename(app, owner.accessToken, 'Secret')
    await app.events()
    await rename(app, eve.accessToken, 'Own')
    await app.events()
    expect(named(await next)).toEqual(['Own'])
    stream.leave()
  })

  test('is refused without the permission', async () => {
    const { app, join } = await team()
    const viewer = await join('vera@example.com', 'viewer')
    const { status } = await app.call('GET', `${path}/stream`, { token: viewer.accessToken })
    expect(status).toBe(403)
    expect((await app.call('GET', `${path}/stream`)).status).toBe(401)
  })
})
