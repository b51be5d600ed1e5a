import { newId, race, racers, type Suite, winners } from '@corbel/core/ports'
import {
  at,
  type AuthStorage,
  awkwardText,
  type Member,
  now,
  recorded,
  sampleEvent,
  storedMember,
} from './samples.conformance.ts'
import type { ServiceAccountRecord } from './service-account-repository.ts'

const sample = (
  { tenantId, userId }: Member,
  change: Partial<ServiceAccountRecord> = {},
): ServiceAccountRecord => ({
  id: newId('svc'),
  tenantId,
  name: newId('name'),
  scopes: ['a:read', 'b:write'],
  secretDigest: newId('digest'),
  publicKey: null,
  createdBy: userId,
  createdAt: now,
  ...change,
})

/** The law of `ServiceAccountRepository`. `fresh` gives an empty storage for each test. */
export function serviceAccountRepositoryConformance(
  { test, expect }: Suite,
  fresh: () => Promise<AuthStorage>,
): void {
  async function open(change: Partial<ServiceAccountRecord> = {}) {
    const storage = await fresh()
    const member = await storedMember(storage)
    const account = sample(member, change)
    const { serviceAccounts } = storage.repositories.auth
    await serviceAccounts.insert(account, [])
    return { storage, member, account, serviceAccounts }
  }
  const page = { limit: 2, after: null }

  test('a service account is found as it was stored, with a secret or a public key', async () => {
    const { serviceAccounts, member, account } = await open({ name: awkwardText })
    const publicKey = { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43) } as const
    const other = sample(member, { secretDigest: null, publicKey })
    await serviceAccounts.insert(other, [])
    expect(await serviceAccounts.findClient(account.id)).toEqual(account)
    expect(await serviceAccounts.findClient(other.id)).toEqual(other)
    expect(await serviceAccounts.findClient(newId('svc'))).toBe(null)
  })

  test('of concurrent accounts with one name in a tenant, one is stored and its event recorded', async () => {
    const { storage, serviceAccounts, member } = await open()
    const results = await race(() =>
      serviceAccounts.insert(sample(member, { name: 'robot' }), [sampleEvent('created')]),
    )
    expect(winners(results)).toHaveLength(1)
    const refused = results.find(({ status }) => status === 'rejected') as PromiseRejectedResult
    expect(refused.reason).toMatchObject({ code: 'auth/service-account-name-taken' })
    expect(await recorded(storage)).toHaveLength(1)
    await serviceAccounts.insert(sample(await storedMember(storage), { name: 'robot' }), [])
  })

  test('accounts of a tenant are listed newest first, page by page, and those of no other', async () => {
    const { storage, serviceAccounts, member, account } = await open()
    const others = [sample(member), sample(member)]
    for (const other of others) await serviceAccounts.insert(other, [])
    await serviceAccounts.insert(sample(await storedMember(storage)), [])
    const ids = [account, ...others].map(({ id }) => id).toSorted((a, b) => (a < b ? 1 : -1))
    const first = await serviceAccounts.list(member.tenantId, page)
    expect(first.map(({ id }) => id)).toEqual(ids)
    const second = await serviceAccounts.list(member.tenantId, { limit: 2, after: ids[1] ?? '' })
    expect(second.map(({ id }) => id)).toEqual(ids.slice(2))
  })

  test('of concurrent revocations one wins, and then the account is gone and its name is free', async () => {
    const { storage, serviceAccounts, member, account } = await open()
    const results = winners(
      await race(() => serviceAccounts.revoke(member.tenantId, account.id, at(1), [sampleEvent('revoked')])),
    )
    expect(results).toHaveLength(racers)
    expect(results.filter(Boolean)).toHaveLength(1)
    expect(await recorded(storage)).toHaveLength(1)
    expect(await serviceAccounts.findClient(account.id)).toBe(null)
    expect(await serviceAccounts.list(member.tenantId, page)).toEqual([])
    await serviceAccounts.insert(sample(member, { name: account.name }), [])
  })

  test('another tenant cannot revoke a service account', async () => {
    const { storage, serviceAccounts, account } = await open()
    const { tenantId } = await storedMember(storage)
    expect(await serviceAccounts.revoke(tenantId, account.id, at(1), [sampleEvent('revoked')])).toBe(false)
    expect(await serviceAccounts.findClient(account.id)).toEqual(account)
    expect(await recorded(storage)).toEqual([])
  })

  test('of 64 callers who end one access token one does, and its event is recorded once', async () => {
    const { storage, serviceAccounts, member } = await open()
    const token = newId('act')
    const ended = await race(() =>
      serviceAccounts.revokeAccessToken(member.tenantId, token, at(1), [sampleEvent('ended')]),
    )
    expect(winners(ended).filter(Boolean)).toHaveLength(1)
    expect(await recorded(storage)).toHaveLength(1)
  })

  test('what was ended since a time is listed for all tenants: accounts and access tokens', async () => {
    const { storage, serviceAccounts, member, account } = await open()
    const other = await storedMember(storage)
    const token = newId('act')
    await serviceAccounts.revoke(member.tenantId, account.id, at(10), [])
    await serviceAccounts.revokeAccessToken(other.tenantId, token, at(20), [])
    await serviceAccounts.revokeAccessToken(other.tenantId, token, at(30), [])
    expect(await serviceAccounts.listRevokedSince(at(10))).toEqual([
      { id: account.id, revokedAt: at(10) },
      { id: token, revokedAt: at(20) },
    ])
    expect(await serviceAccounts.listRevokedSince(at(20.001))).toEqual([])
  })

  test('an account and a token of it are live until one of them is ended, in their tenant only', async () => {
    const { storage, serviceAccounts, member, account } = await open()
    const other = await storedMember(storage)
    const [token, ended] = [newId('act'), newId('act')]
    await serviceAccounts.revokeAccessToken(member.tenantId, ended, at(10), [])
    expect(await serviceAccounts.isLive(member.tenantId, account.id, token)).toBe(true)
    expect(await serviceAccounts.isLive(member.tenantId, account.id, ended)).toBe(false)
    expect(await serviceAccounts.isLive(other.tenantId, account.id, token)).toBe(false)
    await serviceAccounts.revoke(member.tenantId, account.id, at(10), [])
    expect(await serviceAccounts.isLive(member.tenantId, account.id, token)).toBe(false)
  })

  test('purge forgets the accounts and access tokens that were ended before the time', async () => {
    const { serviceAccounts, member, account } = await open()
    const live = sample(member)
    await serviceAccounts.insert(live, [])
    await serviceAccounts.revoke(member.tenantId, account.id, at(10), [])
    await serviceAccounts.revokeAccessToken(member.tenantId, newId('act'), at(10), [])
    expect(await serviceAccounts.purge(at(10))).toBe(0)
    expect(await serviceAccounts.purge(at(10.001))).toBe(2)
    expect(await serviceAccounts.listRevokedSince(at(0))).toEqual([])
    expect(await serviceAccounts.findClient(live.id)).toEqual(live)
  })
}
