import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { backends, openStorage, type OpenStorage, openTimeout } from '../storages.ts'
import { openBilling, origin } from './billing.fixture.ts'
import { subscription, tell, told } from './fake-gateway.fixture.ts'

const active = told(subscription())
const page = { limit: 50 }

describe.each(await backends())('the inbox for operators on %s', (backend) => {
  let opened: OpenStorage
  beforeAll(async () => {
    opened = await openStorage(backend)
  }, openTimeout)
  afterAll(() => opened?.close())

  async function open() {
    await opened.clear()
    const all = await openBilling(opened)
    return { ...all, service: all.stack.billing.inbox }
  }

  test('a dry run shows the difference and changes nothing; the replay makes it true', async () => {
    const { service, newTenant, deliver, dispatch, stateOf, clock, eventOf, recorded } = await open()
    // Nobody knew its tenant when it came in.
    const { event, body } = tell({ object: told(subscription({ tenantId: null })) })
    await deliver(body)
    await dispatch()
    expect(await eventOf(event.id)).toMatchObject({ status: 'ignored' })
    const tenantId = await newTenant()
    const shown = await service.replay({ ids: [event.id], dryRun: true })
    expect(shown).toMatchObject({ dryRun: true, events: 1 })
    expect(shown.differences).toContainEqual({
      type: 'subscription',
      id: 'sub_1',
      field: 'status',
      from: undefined,
      to: 'active',
    })
    expect(await eventOf(event.id)).toMatchObject({ status: 'ignored', replays: 0 })
    expect(await stateOf(tenantId)).toBe(null)
    clock.advance('1m')
    expect(await service.replay({ ids: [event.id], dryRun: false })).toMatchObject({ events: 1 })
    expect((await recorded()).map(({ type }) => type)).toEqual(['billing.inbox.replayed'])
    await dispatch()
    expect(await stateOf(tenantId)).toBe('active')
    expect(await service.replay({ type: event.type, dryRun: true })).toMatchObject({
      events: 1,
      differences: [],
    })
  })

  test('a tenant sees what was told of it and has ended, without what is for operators', async () => {
    const { service, newTenant, deliver, dispatch } = await open()
    const [mine, other] = [await newTenant(), await newTenant('cus_2')]
    const first = tell({ object: active })
    await deliver(first.body)
    await deliver(tell({ object: told(subscription({ id: 'sub_2', customerId: 'cus_2' })) }).body)
    expect((await service.listOfTenant(mine, page)).data).toEqual([])
    await dispatch()
    const second = tell({ at: 9, object: told(subscription({ status: 'past_due' })) })
    await deliver(second.body)
    await dispatch()
    const newest = await service.listOfTenant(mine, { limit: 1 })
    expect(newest.data).toEqual([
      {
        id: second.event.id,
        type: 'customer.subscription.updated',
        status: 'done',
        objectType: 'subscription',
        objectId: 'sub_1',
        occurredAt: '2026-01-01T00:00:09.000Z',
        endedAt: '2026-01-01T06:00:00.000Z',
      },
    ])
    const next = await service.listOfTenant(mine, { limit: 1, cursor: newest.nextCursor ?? '' })
    expect(next).toMatchObject({ data: [{ id: first.event.id }], nextCursor: null })
    expect((await service.listOfTenant(other, page)).data).toMatchObject([{ objectId: 'sub_2' }])
    expect((await service.listOfTenant(mine, { ...page, status: 'dead' })).data).toEqual([])
    expect((await service.listOfTenant(mine, { ...page, type: 'no.such' })).data).toEqual([])
  })

  test('events are listed page by page, and shown with what was sent', async () => {
    const { service, newTenant, deliver, dispatch } = await open()
    await newTenant()
    const first = tell({ object: active })
    const second = tell({ type: 'some.thing' })
    await deliver(first.body)
    await deliver(second.body)
    await dispatch()
    const newest = await service.list({ limit: 1 })
    expect(newest.data).toMatchObject([{ id: second.event.id, status: 'ignored' }])
    const next = await service.list({ limit: 1, cursor: newest.nextCursor ?? '' })
    expect(next).toMatchObject({ data: [{ id: first.event.id, status: 'done' }], nextCursor: null })
    expect(await service.list({ ...page, status: 'ignored' })).toMatchObject({
      data: [{ id: second.event.id }],
    })
    expect(await service.list({ ...page, from: '2027-01-01T00:00:00Z' })).toMatchObject({ data: [] })
    expect(await service.get(first.event.id)).toMatchObject({ payload: first.event.payload })
    await expect(service.get('evt_unknown')).rejects.toMatchObject({ code: 'billing/event-not-found' })
  })

  test('whoever is not known sees nothing of it', async () => {
    const { stack } = await open()
    for (const path of ['', '/evt_1']) {
      const request = new Request(`${origin}/api/v1/billing/inbox${path}`)
      expect((await stack.fetch(request, { remoteAddress: '192.0.2.1' })).status).toBe(401)
    }
  })

  test('nothing that matches is nothing replayed, and nothing recorded', async () => {
    const { service, recorded } = await open()
    expect(await service.replay({ type: 'no.such', dryRun: false })).toMatchObject({ events: 0 })
    expect(await recorded()).toEqual([])
  })
})
