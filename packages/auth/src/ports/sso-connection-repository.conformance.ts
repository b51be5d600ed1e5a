import { type Id, newId, race, racers, type Suite, winners } from '@corbel/core/ports'
import {
  at,
  type AuthStorage,
  awkwardText,
  now,
  recorded,
  sampleEvent,
  storedTenant,
} from './samples.conformance.ts'
import type { SsoConnectionRecord } from './sso-connection-repository.ts'

export const sampleConnection = (
  tenantId: Id<'ten'> | null,
  change: Partial<SsoConnectionRecord> = {},
): SsoConnectionRecord => ({
  id: newId('sso'),
  tenantId,
  name: awkwardText,
  preset: 'custom',
  issuer: 'https://id.example.com/',
  clientId: 'client',
  clientSecret: 'sealed',
  tokenAuthMethod: 'client_secret_post',
  scopes: ['openid', 'email'],
  enabled: true,
  provisioning: 'domain_allowlist',
  domains: ['example.com', 'example.org'],
  role: 'viewer',
  twoFactorMethods: ['mfa'],
  createdAt: now,
  version: 1,
  ...change,
})

const page = { limit: 10, after: null }
const idsOf = (rows: readonly SsoConnectionRecord[]) => rows.map(({ id }) => id)

/** The law of `SsoConnectionRepository`. `fresh` gives an empty storage for each test. */
export function ssoConnectionRepositoryConformance(
  { test, expect }: Suite,
  fresh: () => Promise<AuthStorage>,
): void {
  async function open() {
    const storage = await fresh()
    const { ssoConnections, ssoStates, ssoDomains } = storage.repositories.auth
    const [tenantId, other] = [await storedTenant(storage), await storedTenant(storage)]
    const own = sampleConnection(tenantId)
    const platform = sampleConnection(null, { clientSecret: null, tokenAuthMethod: 'none', domains: [] })
    await ssoConnections.insert(own, [sampleEvent('created')])
    await ssoConnections.insert(platform, [])
    return { storage, ssoConnections, ssoStates, ssoDomains, tenantId, other, own, platform }
  }

  test('a connection is found as it was stored, by anybody or by whose it is', async () => {
    const { ssoConnections, tenantId, other, own, platform } = await open()
    expect(await ssoConnections.find(own.id)).toEqual(own)
    expect(await ssoConnections.find(platform.id)).toEqual(platform)
    expect(await ssoConnections.find(newId('sso'))).toBe(null)
    expect(await ssoConnections.findOwn(tenantId, own.id)).toEqual(own)
    expect(await ssoConnections.findOwn(null, platform.id)).toEqual(platform)
    expect(await ssoConnections.findOwn(other, own.id)).toBe(null)
    expect(await ssoConnections.findOwn(null, own.id)).toBe(null)
    expect(await ssoConnections.findOwn(tenantId, platform.id)).toBe(null)
  })

  test('a list has those of one tenant, or of the platform, newest first, and one more than the limit', async () => {
    const { ssoConnections, tenantId, other, own, platform } = await open()
    const more = sampleConnection(tenantId, { id: `sso_${'z'.repeat(26)}` })
    await ssoConnections.insert(more, [])
    expect(idsOf(await ssoConnections.list(tenantId, page))).toEqual([more.id, own.id])
    expect(idsOf(await ssoConnections.list(tenantId, { limit: 1, after: more.id }))).toEqual([own.id])
    expect(await ssoConnections.list(tenantId, { ...page, limit: 1 })).toHaveLength(2)
    expect(idsOf(await ssoConnections.list(null, page))).toEqual([platform.id])
    expect(await ssoConnections.list(other, page)).toEqual([])
  })

  test('offered are those of the platform, of the slug, and of tenants that have proved the domain', async () => {
    const { ssoConnections, ssoDomains, tenantId, other, own, platform } = await open()
    await ssoConnections.insert(sampleConnection(tenantId, { enabled: false }), [])
    await ssoConnections.insert(sampleConnection(null, { enabled: false }), [])
    const domain = 'example.com'
    expect(idsOf(await ssoConnections.listOffered({}))).toEqual([platform.id])
    expect(idsOf(await ssoConnections.listOffered({ tenant: tenantId }))).toEqual(
      [own.id, platform.id].toSorted(),
    )
    expect(idsOf(await ssoConnections.listOffered({ tenant: other }))).toEqual([platform.id])
    expect(idsOf(await ssoConnections.listOffered({ tenant: 'nobody' }))).toEqual([platform.id])
    expect(idsOf(await ssoConnections.listOffered({ domain }))).toEqual([platform.id])
    await ssoDomains.insert(other, { domain, verifiedAt: now }, [])
    await ssoDomains.insert(tenantId, { domain: 'example.net', verifiedAt: now }, [])
    expect(idsOf(await ssoConnections.listOffered({ domain }))).toEqual([platform.id])
    expect(idsOf(await ssoConnections.listOffered({ domain: 'example.net' }))).toEqual([platform.id])
    await ssoDomains.insert(tenantId, { domain, verifiedAt: now }, [])
    expect(idsOf(await ssoConnections.listOffered({ domain }))).toEqual([own.id, platform.id].toSorted())
  })

  test('replace raises the version, for whose it is and with the right version only', async () => {
    const { storage, ssoConnections, other, own, platform } = await open()
    await recorded(storage)
    const changed = sampleConnection(own.tenantId, {
      ...own,
      name: 'Renamed',
      clientId: 'other',
      clientSecret: null,
      tokenAuthMethod: 'none',
      scopes: ['openid'],
      enabled: false,
      provisioning: 'disabled',
      domains: [],
      role: 'admin',
      twoFactorMethods: [],
    })
    const event = sampleEvent('changed')
    expect(await ssoConnections.replace({ ...changed, tenantId: other }, [event])).toBe(null)
    expect(await ssoConnections.replace({ ...changed, tenantId: null }, [event])).toBe(null)
    expect(await ssoConnections.replace({ ...changed, version: 2 }, [event])).toBe(null)
    expect(await recorded(storage)).toHaveLength(0)
    expect(await ssoConnections.find(own.id)).toEqual(own)
    expect(await ssoConnections.replace(changed, [event])).toEqual({ ...changed, version: 2 })
    expect(await ssoConnections.find(own.id)).toEqual({ ...changed, version: 2 })
    expect(await ssoConnections.replace({ ...platform, name: 'Ours' }, [])).toMatchObject({ version: 2 })
    expect(await recorded(storage)).toHaveLength(1)
  })

  test('of concurrent changes of one version one succeeds', async () => {
    const { ssoConnections, own } = await open()
    const results = winners(await race((racer) => ssoConnections.replace({ ...own, name: `${racer}` }, [])))
    expect(results).toHaveLength(racers)
    expect(results.filter((result) => result !== null)).toHaveLength(1)
  })

  test('of concurrent removals one succeeds', async () => {
    const { ssoConnections, own, tenantId } = await open()
    const results = await race(() => ssoConnections.remove(tenantId, own.id, [sampleEvent('removed')]))
    expect(winners(results).filter(Boolean)).toEqual([true])
  })

  test('remove takes the sign-ins that have begun along, for whose it is only', async () => {
    const { storage, ssoConnections, ssoStates, other, own, platform } = await open()
    await recorded(storage)
    const state = { browser: 'b', tenantId: null, userId: null, memo: 'm', expiresAt: at(60) }
    await ssoStates.insert({ ...state, digest: 'own', connectionId: own.id })
    await ssoStates.insert({ ...state, digest: 'platform', connectionId: platform.id })
    expect(await ssoConnections.remove(other, own.id, [sampleEvent('removed')])).toBe(false)
    expect(await ssoConnections.remove(null, own.id, [sampleEvent('removed')])).toBe(false)
    expect(await recorded(storage)).toHaveLength(0)
    expect(await ssoConnections.remove(own.tenantId, own.id, [sampleEvent('removed')])).toBe(true)
    expect(await ssoConnections.remove(own.tenantId, own.id, [sampleEvent('removed')])).toBe(false)
    expect(await recorded(storage)).toHaveLength(1)
    expect(await ssoConnections.find(own.id)).toBe(null)
    const wanted = { browser: 'b', userId: null }
    expect(await ssoStates.redeem({ ...wanted, digest: 'own', connectionId: own.id }, now)).toBe(null)
    expect(
      await ssoStates.redeem({ ...wanted, digest: 'platform', connectionId: platform.id }, now),
    ).toMatchObject({ digest: 'platform' })
    expect(await ssoConnections.remove(null, platform.id, [])).toBe(true)
  })
}
