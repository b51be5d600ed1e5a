import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { backends, openStorage, type OpenStorage, openTimeout } from '../storages.ts'
import { openBilling } from './billing.fixture.ts'
import { type fakeGateway, subscription, tell, told } from './fake-gateway.fixture.ts'

type Storage = OpenStorage['storage']
type Inbox = Storage['repositories']['billing']['inbox']

const steps = ['after the claim', 'during the question', 'before the commit', 'after the commit'] as const
type Step = (typeof steps)[number]

/** A storage and a gateway of one process: behind its last step nothing that it does reaches anybody. */
function mortal(storage: Storage, fake: ReturnType<typeof fakeGateway>, last: Step) {
  let isDead = false
  const reach = async <T>(step: Step | null, work: () => Promise<T>): Promise<T> => {
    if (isDead) throw new Error('The process is dead.')
    const result = await work()
    if (step !== last) return result
    isDead = true
    throw new Error('The process dies here.')
  }
  const withInbox = <S extends Pick<Storage, 'repositories'>>(given: S, change: Partial<Inbox>): S => {
    const { billing } = given.repositories
    const inbox = { ...billing.inbox, ...change }
    return { ...given, repositories: { ...given.repositories, billing: { ...billing, inbox } } }
  }
  const { inbox } = storage.repositories.billing
  const mortalStorage: Storage = withInbox(storage, {
    claim: (...args) => reach('after the claim', () => inbox.claim(...args)),
    settle: (...args) => reach(null, () => inbox.settle(...args)),
    defer: (...args) => reach(null, () => inbox.defer(...args)),
  })
  const { retrieve } = fake.gateway
  return {
    storage: {
      ...mortalStorage,
      transaction: <T>(work: Parameters<typeof storage.transaction<T>>[0]) =>
        reach('after the commit', () =>
          storage.transaction<T>((scope) => {
            const { settle } = scope.repositories.billing.inbox
            return work(
              withInbox(scope, { settle: (...args) => reach('before the commit', () => settle(...args)) }),
            )
          }),
        ),
    },
    fake: {
      ...fake,
      gateway: {
        ...fake.gateway,
        retrieve: (...args: Parameters<typeof retrieve>) =>
          reach('during the question', () => retrieve(...args)),
      },
    },
  }
}

describe.each(await backends())('pitfall 11: a replica that dies on %s', (backend) => {
  let opened: OpenStorage
  beforeAll(async () => {
    opened = await openStorage(backend)
  }, openTimeout)
  afterAll(() => opened?.close())

  test.each(steps)('%s loses nothing, and nothing is done twice', async (step) => {
    await opened.clear()
    const healthy = await openBilling(opened)
    const { newTenant, deliver, dispatch, stateOf, eventOf, recorded, clock, fake } = healthy
    const tenantId = await newTenant()
    const active = told(subscription())
    fake.has(active)
    // Only what does not show its object is asked for.
    const { event, body } = tell({ object: active, thin: step === 'during the question' })
    await deliver(body)
    const dying = mortal(opened.storage, fake, step)
    const replica = await openBilling(dying, {}, dying.fake)
    await replica.dispatch().catch(() => {})
    expect(await stateOf(tenantId)).toBe(step === 'after the commit' ? 'active' : null)
    clock.advance('1m')
    await dispatch()
    expect(await stateOf(tenantId)).toBe('active')
    expect(await eventOf(event.id)).toMatchObject({
      status: 'done',
      attempts: step === 'after the commit' ? 1 : 2,
    })
    expect((await recorded()).map(({ type }) => type)).toEqual([
      'billing.subscription.changed',
      'billing.subscription.activated',
    ])
  })
})
