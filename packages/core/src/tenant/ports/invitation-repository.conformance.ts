import { addMilliseconds, milliseconds } from '../../kernel/duration.ts'
import { newId } from '../../kernel/id.ts'
import { race, type Suite, winners } from '../../ports/suite.ts'
import { roles } from '../memberships/membership.ts'
import { TenantErrors } from '../tenant-errors.ts'
import type { InvitationRecord } from './invitation-repository.ts'
import { sampleInvitation, storedTenant, type TenantStorage } from './samples.conformance.ts'

const now = new Date('2026-03-01T12:00:00.000Z')
const later = (hours: number): Date => addMilliseconds(now, milliseconds(`${hours}h`))

/** The law of `InvitationRepository`. `fresh` gives an empty storage for each test. */
export function invitationRepositoryConformance(
  { test, expect }: Suite,
  fresh: () => Promise<TenantStorage>,
): void {
  async function open() {
    const storage = await fresh()
    const tenantId = await storedTenant(storage)
    const { invitations } = storage.repositories.tenant
    const stored = async (digest: string, change: Partial<InvitationRecord> = {}) => {
      const invitation = sampleInvitation(tenantId, change)
      await invitations.insert(invitation, digest)
      return invitation
    }
    return { invitations, tenantId, stored, newTenant: () => storedTenant(storage) }
  }
  const zofie = (userId = newId('usr')) => ({ userId, email: 'zofie@example.com', now })

  test('an invitation is found as it was stored, in its tenant only', async () => {
    const { invitations, tenantId, stored, newTenant } = await open()
    for (const role of roles) {
      const invitation = await stored(`digest of ${role}`, {
        role,
        email: `${role}@example.com`,
        createdBy: role === 'owner' ? null : newId('usr'),
      })
      expect(await invitations.find(tenantId, invitation.id)).toEqual(invitation)
      expect(await invitations.findOpen(`digest of ${role}`, now)).toEqual(invitation)
      expect(await invitations.find(await newTenant(), invitation.id)).toBe(null)
    }
  })

  test('of an address one invitation is pending in a tenant; an expired one gives way', async () => {
    const { invitations, tenantId, stored, newTenant } = await open()
    const first = await stored('first')
    await expect(stored('second')).rejects.toMatchObject({ code: TenantErrors.invitationPending.code })
    await stored('other address', { email: 'ada@example.com' })
    await stored('other tenant', { tenantId: await newTenant() })
    const next = await stored('third', { createdAt: first.expiresAt, expiresAt: later(100) })
    expect(await invitations.find(tenantId, first.id)).toBe(null)
    expect(await invitations.findOpen('first', now)).toBe(null)
    expect(await invitations.find(tenantId, next.id)).toEqual(next)
  })

  test('of concurrent callers for one address, one succeeds', async () => {
    const { stored } = await open()
    const results = await race((racer) => stored(`digest ${racer}`))
    expect(winners(results)).toHaveLength(1)
    for (const result of results)
      if (result.status === 'rejected')
        expect(result.reason).toMatchObject({ code: TenantErrors.invitationPending.code })
  })

  test('invitations come newest first, in pages with one row more when there is one, of one tenant', async () => {
    const { invitations, tenantId, stored, newTenant } = await open()
    const ids: string[] = []
    for (let i = 0; i < 4; i++) ids.push((await stored(`${i}`, { email: `${i}@example.com` })).id)
    await stored('foreign', { tenantId: await newTenant() })
    const sorted = ids.toSorted((a, b) => (a > b ? -1 : 1))
    const page = async (limit: number, after: string | null) =>
      (await invitations.list(tenantId, { limit, after })).map(({ id }) => id)
    expect(await page(2, null)).toEqual(sorted.slice(0, 3))
    expect(await page(2, sorted[1] ?? null)).toEqual(sorted.slice(2))
    expect(await page(2, sorted[3] ?? null)).toEqual([])
  })

  test('renewing puts a new token and a new end in place, once for each generation', async () => {
    const { invitations, tenantId, stored, newTenant } = await open()
    const { id } = await stored('old', { expiresAt: now })
    const renewal = (digest: string) => ({ expected: 1, digest, expiresAt: later(10) })
    expect(await invitations.renew(await newTenant(), id, renewal('foreign'))).toBe(null)
    const results = await race((racer) => invitations.renew(tenantId, id, renewal(`new ${racer}`)))
    const renewed = winners(results).filter((invitation) => invitation !== null)
    expect(renewed).toHaveLength(1)
    expect(renewed[0] ?? {}).toMatchObject({ generation: 2, expiresAt: later(10), status: 'pending' })
    const found = await Promise.all(results.map((_, racer) => invitations.findOpen(`new ${racer}`, now)))
    expect(found.filter((invitation) => invitation !== null)).toEqual(renewed)
    expect(await invitations.findOpen('old', now)).toBe(null)
  })

  test('a revoked invitation is closed, by one of concurrent callers', async () => {
    const { invitations, tenantId, stored, newTenant } = await open()
    const { id } = await stored('digest')
    expect(await invitations.revoke(await newTenant(), id)).toBe(false)
    const results = winners(await race(() => invitations.revoke(tenantId, id)))
    expect(results.filter(Boolean)).toHaveLength(1)
    expect(results).toHaveLength(64)
    expect(await invitations.findOpen('digest', now)).toBe(null)
    expect(await invitations.redeem('digest', zofie())).toBe(null)
    expect(await invitations.renew(tenantId, id, { expected: 1, digest: 'new', expiresAt: later(1) })).toBe(
      null,
    )
    expect((await invitations.find(tenantId, id)) ?? {}).toMatchObject({ status: 'revoked' })
    await stored('another')
  })

  test('of concurrent callers one redeems', async () => {
    const { invitations, tenantId, stored } = await open()
    const { id } = await stored('digest')
    const results = winners(await race(() => invitations.redeem('digest', zofie())))
    const redeemed = results.filter((invitation) => invitation !== null)
    expect(results).toHaveLength(64)
    expect(redeemed).toHaveLength(1)
    expect(redeemed[0] ?? {}).toMatchObject({ id, tenantId, status: 'accepted' })
    expect(await invitations.find(tenantId, id)).toEqual(redeemed[0])
    expect(await invitations.revoke(tenantId, id)).toBe(false)
  })

  test('what is redeemed is the right token, for the right address, in time', async () => {
    const { invitations, tenantId, stored } = await open()
    const invitation = await stored('digest')
    expect(await invitations.redeem('another', zofie())).toBe(null)
    expect(await invitations.redeem('digest', { ...zofie(), email: 'eve@example.com' })).toBe(null)
    expect(await invitations.redeem('digest', { ...zofie(), now: invitation.expiresAt })).toBe(null)
    expect(await invitations.findOpen('digest', invitation.expiresAt)).toBe(null)
    expect(await invitations.find(tenantId, invitation.id)).toEqual(invitation)
  })

  test('purge forgets what ended before a time', async () => {
    const { invitations, tenantId, stored } = await open()
    const old = await stored('old', { expiresAt: later(1) })
    const recent = await stored('recent', { email: 'ada@example.com', expiresAt: later(2) })
    expect(await invitations.purge(later(2))).toBe(1)
    expect(await invitations.find(tenantId, old.id)).toBe(null)
    expect(await invitations.find(tenantId, recent.id)).toEqual(recent)
  })
}
