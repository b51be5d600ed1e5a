import { newId, race, racers, type Suite, winners } from '@corbel/core/ports'
import { at, type AuthStorage, awkwardText, now, sampleUser } from './samples.conformance.ts'
import { sampleInvite } from './sign-up-invite-repository.conformance.ts'
import type { PendingLimit, SignUpDecision, SignUpRequestRecord } from './sign-up-request-repository.ts'

const address = 'ada@example.com'
const unlimited: PendingLimit = { client: null, most: 0 }

const sampleRequest = (change: Partial<SignUpRequestRecord> = {}): SignUpRequestRecord => ({
  id: newId('sur'),
  email: address,
  name: null,
  organization: null,
  message: null,
  status: 'pending',
  reason: null,
  ipPrefix: '192.0.2.0/24',
  userAgent: 'curl',
  createdAt: now,
  decidedAt: null,
  decidedBy: null,
  inviteId: null,
  ...change,
})

const approval = (change: Partial<SignUpDecision> = {}): SignUpDecision => ({
  status: 'approved',
  at: at(60),
  by: newId('usr'),
  reason: null,
  inviteId: newId('sui'),
  ...change,
})

/** The law of `SignUpRequestRepository`. `fresh` gives an empty storage for each test. */
export function signUpRequestRepositoryConformance(
  { test, expect }: Suite,
  fresh: () => Promise<AuthStorage>,
): void {
  const submit = (storage: AuthStorage, request = sampleRequest(), limit = unlimited) =>
    storage.transaction(({ repositories: { auth } }) => auth.signUpRequests.submit(request, limit))

  const all = ({ repositories }: AuthStorage) =>
    repositories.auth.signUpRequests.list({}, { limit: 100, after: null })

  test('a request to be let in is found as it was stored', async () => {
    const storage = await fresh()
    const request = sampleRequest({ name: awkwardText, organization: 'Acme', message: awkwardText })
    expect(await submit(storage, request)).toBe(true)
    expect(await storage.repositories.auth.signUpRequests.find(request.id)).toEqual(request)
    expect(await storage.repositories.auth.signUpRequests.find(newId('sur'))).toBe(null)
  })

  test('an address has one pending request, and may ask again once it was decided', async () => {
    const storage = await fresh()
    const first = sampleRequest()
    await submit(storage, first)
    expect(await submit(storage)).toBe(false)
    expect(await submit(storage, sampleRequest({ email: 'bob@example.com' }))).toBe(true)
    await storage.repositories.auth.signUpRequests.decide(first.id, approval({ status: 'rejected' }))
    expect(await submit(storage)).toBe(true)
  })

  test('of concurrent requests for one address, one is stored', async () => {
    const storage = await fresh()
    const results = winners(await race(() => submit(storage)))
    expect(results).toHaveLength(racers)
    expect(results.filter(Boolean)).toHaveLength(1)
    expect(await all(storage)).toHaveLength(1)
  })

  test('an address with an account asks for nothing', async () => {
    const storage = await fresh()
    await storage.repositories.auth.users.insert(sampleUser({ email: address }))
    expect(await submit(storage)).toBe(false)
    expect(await all(storage)).toEqual([])
  })

  test('an address with an open invitation asks for nothing until that has ended', async () => {
    const storage = await fresh()
    const invite = sampleInvite({ email: address })
    await storage.repositories.auth.signUpInvites.insert(invite, newId('digest'), [])
    expect(await submit(storage)).toBe(false)
    expect(await submit(storage, sampleRequest({ createdAt: invite.expiresAt }))).toBe(true)
  })

  test('of concurrent requests of one caller, as many are stored as may be pending', async () => {
    const storage = await fresh()
    const limit: PendingLimit = { client: newId('client'), most: 3 }
    const ask = (email: string, of = limit) => submit(storage, sampleRequest({ email }), of)
    const results = winners(await race((racer) => ask(`${racer}@example.com`)))
    expect(results).toHaveLength(racers)
    expect(results.filter(Boolean)).toHaveLength(3)
    expect(await ask('other@example.com', { client: newId('client'), most: 3 })).toBe(true)
    expect(await ask('any@example.com', { ...limit, most: 0 })).toBe(true)
    expect(await ask('host@example.com', { client: null, most: 3 })).toBe(true)
  })

  test('a decided request does not count as pending', async () => {
    const storage = await fresh()
    const limit = { client: newId('client'), most: 1 }
    const first = sampleRequest()
    await submit(storage, first, limit)
    expect(await submit(storage, sampleRequest({ email: 'bob@example.com' }), limit)).toBe(false)
    await storage.repositories.auth.signUpRequests.decide(first.id, approval())
    expect(await submit(storage, sampleRequest({ email: 'bob@example.com' }), limit)).toBe(true)
  })

  test('of concurrent callers who decide one request, one does', async () => {
    const storage = await fresh()
    const { signUpRequests } = storage.repositories.auth
    const request = sampleRequest()
    await submit(storage, request)
    const drafts = Array.from({ length: racers }, (_, racer) =>
      racer % 2 === 0 ? approval() : approval({ status: 'rejected', reason: 'no', inviteId: null }),
    )
    const results = await race(async (racer) => {
      const draft = drafts[racer] ?? approval()
      return (await signUpRequests.decide(request.id, draft)) ? draft : null
    })
    const [decision, ...others] = winners(results).filter((draft) => draft !== null)
    expect(others).toEqual([])
    const { status, at: decidedAt, by: decidedBy, reason, inviteId } = decision ?? approval()
    expect(await signUpRequests.find(request.id)).toEqual({
      ...request,
      status,
      decidedAt,
      decidedBy,
      reason,
      inviteId,
    })
    expect(await signUpRequests.decide(newId('sur'), approval())).toBe(false)
  })

  test('requests to be let in are listed newest first, by what has become of them', async () => {
    const storage = await fresh()
    const { signUpRequests } = storage.repositories.auth
    for (const place of [1, 2, 3, 4])
      await submit(storage, sampleRequest({ id: `sur_${place}`, email: `${place}@example.com` }))
    await signUpRequests.decide('sur_2', approval())
    await signUpRequests.decide('sur_3', approval({ status: 'rejected' }))
    const ids = async (query: Parameters<typeof signUpRequests.list>[0], after: string | null = null) =>
      (await signUpRequests.list(query, { limit: 2, after })).map(({ id }) => id)
    expect(await ids({})).toEqual(['sur_4', 'sur_3', 'sur_2'])
    expect(await ids({}, 'sur_2')).toEqual(['sur_1'])
    expect(await ids({ status: 'pending' })).toEqual(['sur_4', 'sur_1'])
    expect(await ids({ status: 'approved' })).toEqual(['sur_2'])
    expect(await ids({ status: 'rejected' })).toEqual(['sur_3'])
  })

  test('purge forgets the requests that were decided before the time, and none that is pending', async () => {
    const storage = await fresh()
    const { signUpRequests } = storage.repositories.auth
    const decided = sampleRequest()
    await submit(storage, decided)
    await signUpRequests.decide(decided.id, approval())
    const pending = sampleRequest({ email: 'bob@example.com' })
    await submit(storage, pending)
    expect(await signUpRequests.purge(at(60))).toBe(0)
    expect(await signUpRequests.purge(at(60.001))).toBe(1)
    expect(await all(storage)).toEqual([pending])
  })
}
