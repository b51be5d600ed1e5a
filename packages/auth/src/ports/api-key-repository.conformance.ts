import { newId, race, racers, type Suite, winners } from '@corbel/core/ports'
import type { ApiKeyQuery, ApiKeyRecord } from './api-key-repository.ts'
import {
  at,
  type AuthStorage,
  awkwardText,
  type Member,
  now,
  recorded,
  sampleEvent,
  storedMember,
  storedUser,
} from './samples.conformance.ts'

const sample = ({ tenantId, userId }: Member, change: Partial<ApiKeyRecord> = {}): ApiKeyRecord => ({
  id: newId('key'),
  tenantId,
  name: 'laptop',
  userId,
  account: null,
  fingerprint: null,
  reason: null,
  scopes: ['a:read', 'b:write'],
  createdAt: now,
  expiresAt: at(3600),
  lastUsedAt: null,
  revokedAt: null,
  ...change,
})

const ofAccount = {
  userId: null,
  account: 'billing-worker',
  fingerprint: 'host-1',
  reason: awkwardText,
} as const
const people: ApiKeyQuery = { of: 'people', status: 'active' }
const accounts: ApiKeyQuery = { of: 'accounts', status: 'active' }
const page = { limit: 10, after: null }

/** The law of `ApiKeyRepository`. `fresh` gives an empty storage for each test. */
export function apiKeyRepositoryConformance(
  { test, expect }: Suite,
  fresh: () => Promise<AuthStorage>,
): void {
  async function open(change: Partial<ApiKeyRecord> = {}) {
    const storage = await fresh()
    const member = await storedMember(storage, 'admin')
    const key = sample(member, change)
    const digest = newId('digest')
    const { apiKeys } = storage.repositories.auth
    await apiKeys.insert(key, digest, [])
    const isUsable = async (time = at(1)) => (await apiKeys.findUsable(key.id, digest, time)) !== null
    return { storage, member, key, digest, apiKeys, isUsable }
  }

  test('a key is found by its id and digest together, with the role of the person it acts for', async () => {
    const { apiKeys, key, digest } = await open()
    const { tenantId, scopes } = key
    expect(await apiKeys.findUsable(key.id, digest, at(1))).toEqual({
      tenantId,
      scopes,
      lastUsedAt: null,
      grant: { role: 'admin', scopes: null },
    })
    expect(await apiKeys.findUsable(key.id, 'another', at(1))).toBe(null)
    expect(await apiKeys.findUsable(newId('key'), digest, at(1))).toBe(null)
  })

  test('the credential of an account is found without a role', async () => {
    const { apiKeys, key, digest } = await open(ofAccount)
    expect(await apiKeys.findUsable(key.id, digest, at(1))).toMatchObject({ grant: null, scopes: key.scopes })
  })

  test('a key of somebody who is no member is of no use', async () => {
    const { storage, apiKeys, member } = await open()
    const stranger = sample({ ...member, userId: await storedUser(storage) })
    await apiKeys.insert(stranger, 'digest', [])
    expect(await apiKeys.findUsable(stranger.id, 'digest', at(1))).toBe(null)
  })

  test('a key is of no use from the moment of its end', async () => {
    const { isUsable } = await open()
    expect([await isUsable(at(3599.999)), await isUsable(at(3600))]).toEqual([true, false])
  })

  test('a key for a tenant that is not there is not stored, and its event not recorded', async () => {
    const { storage, apiKeys, member } = await open()
    const nowhere = sample({ ...member, tenantId: newId('ten') }, ofAccount)
    expect(await apiKeys.insert(nowhere, 'digest', [sampleEvent('created')])).toBe(false)
    expect(await apiKeys.findUsable(nowhere.id, 'digest', at(1))).toBe(null)
    expect(await recorded(storage)).toEqual([])
    expect(await apiKeys.insert(sample(member), 'digest', [sampleEvent('created')])).toBe(true)
    expect(await recorded(storage)).toHaveLength(1)
  })

  test('keys are listed newest first as they were stored, by kind, person, account, fingerprint and status', async () => {
    const { storage, apiKeys, member, key } = await open()
    const credential = sample(member, ofAccount)
    const expired = sample(member, { expiresAt: at(1) })
    await apiKeys.insert(credential, newId('digest'), [])
    await apiKeys.insert(expired, newId('digest'), [])
    await apiKeys.insert(sample(await storedMember(storage)), newId('digest'), [])
    const ids = async (query: ApiKeyQuery) =>
      (await apiKeys.list(member.tenantId, query, at(1), page)).map(({ id }) => id)
    expect(await apiKeys.list(member.tenantId, accounts, at(1), page)).toEqual([credential])
    expect(await apiKeys.list(member.tenantId, people, at(1), page)).toEqual([key])
    expect(await ids({ ...people, status: 'all' })).toEqual([key.id, expired.id].toSorted().toReversed())
    expect(await ids({ ...people, status: 'revoked' })).toEqual([])
    expect(await ids({ ...people, userId: newId('usr') })).toEqual([])
    expect(await ids({ ...accounts, account: 'worker', fingerprint: 'host-1' })).toEqual([credential.id])
    expect(await ids({ ...accounts, account: '%' })).toEqual([])
    expect(await ids({ ...accounts, fingerprint: 'host' })).toEqual([])
  })

  test('a list of keys goes on behind the last one, and holds one more than asked for', async () => {
    const { apiKeys, member, key } = await open()
    const others = [sample(member), sample(member)]
    for (const other of others) await apiKeys.insert(other, newId('digest'), [])
    const ids = [key, ...others]
      .map(({ id }) => id)
      .toSorted()
      .toReversed()
    const list = async (limit: number, after: string | null) =>
      (await apiKeys.list(member.tenantId, people, at(1), { limit, after })).map(({ id }) => id)
    expect(await list(1, null)).toEqual(ids.slice(0, 2))
    expect(await list(2, ids[0] ?? null)).toEqual(ids.slice(1))
  })

  test('of concurrent revocations of a key one wins, and it is of no use any more', async () => {
    const { storage, apiKeys, member, key, isUsable } = await open()
    const end = () => apiKeys.revoke(member.tenantId, key.id, people, at(1), [sampleEvent('revoked')])
    const results = winners(await race(end))
    expect(results).toHaveLength(racers)
    expect(results.filter(Boolean)).toHaveLength(1)
    expect(await recorded(storage)).toHaveLength(1)
    expect(await isUsable()).toBe(false)
    const [revoked] = await apiKeys.list(member.tenantId, { ...people, status: 'revoked' }, at(1), page)
    expect(revoked).toEqual({ ...key, revokedAt: at(1) })
  })

  test('a key is not ended by another tenant, as another kind, or as of somebody else', async () => {
    const { storage, apiKeys, member, key, isUsable } = await open()
    const { tenantId } = await storedMember(storage)
    const end = (tenant: typeof tenantId, which: Pick<ApiKeyQuery, 'of' | 'userId'>) =>
      apiKeys.revoke(tenant, key.id, which, at(1), [sampleEvent('revoked')])
    expect(await end(tenantId, people)).toBe(false)
    expect(await end(member.tenantId, accounts)).toBe(false)
    expect(await end(member.tenantId, { of: 'people', userId: newId('usr') })).toBe(false)
    expect([await isUsable(), await recorded(storage)]).toEqual([true, []])
    expect(await end(member.tenantId, { of: 'people', userId: member.userId })).toBe(true)
  })

  test('a use of a key is noted, and an earlier one does not undo it', async () => {
    const { storage, apiKeys, member, key, digest } = await open()
    const lastUse = async () => (await apiKeys.findUsable(key.id, digest, at(1)))?.lastUsedAt
    await apiKeys.touch((await storedMember(storage)).tenantId, key.id, at(5))
    expect(await lastUse()).toBe(null)
    await apiKeys.touch(member.tenantId, key.id, at(5))
    await apiKeys.touch(member.tenantId, key.id, at(4))
    expect(await lastUse()).toEqual(at(5))
  })

  test('purge forgets the keys that ended before the time, and no others', async () => {
    const { apiKeys, member, key, isUsable } = await open()
    const expired = sample(member, { expiresAt: at(5) })
    const revoked = sample(member)
    await apiKeys.insert(expired, newId('digest'), [])
    await apiKeys.insert(revoked, newId('digest'), [])
    await apiKeys.revoke(member.tenantId, revoked.id, people, at(5), [])
    expect(await apiKeys.purge(at(5))).toBe(0)
    expect(await apiKeys.purge(at(5.001))).toBe(2)
    const left = await apiKeys.list(member.tenantId, { ...people, status: 'all' }, at(1), page)
    expect([left.map(({ id }) => id), await isUsable()]).toEqual([[key.id], true])
  })
}
