import { newId, race, racers, type Suite, winners } from '@corbel/core/ports'
import { at, type AuthStorage, awkwardText, now, recorded, sampleEvent } from './samples.conformance.ts'
import type { SignUpInviteRecord } from './sign-up-invite-repository.ts'

const address = 'ada@example.com'
const other = 'bob@example.com'

export const sampleInvite = (change: Partial<SignUpInviteRecord> = {}): SignUpInviteRecord => ({
  id: newId('sui'),
  email: null,
  note: null,
  maxRedemptions: 1,
  redemptions: 0,
  requestId: null,
  createdBy: newId('usr'),
  createdAt: now,
  expiresAt: at(3600),
  revokedAt: null,
  ...change,
})

const created = sampleEvent('invited')
const revoked = sampleEvent('revoked')

/** The law of `SignUpInviteRepository`. `fresh` gives an empty storage for each test. */
export function signUpInviteRepositoryConformance(
  { test, expect }: Suite,
  fresh: () => Promise<AuthStorage>,
): void {
  async function stored(change: Partial<SignUpInviteRecord> = {}) {
    const storage = await fresh()
    const { signUpInvites } = storage.repositories.auth
    const invite = sampleInvite(change)
    const digest = newId('digest')
    expect(await signUpInvites.insert(invite, digest, [])).toBe(true)
    return { storage, signUpInvites, invite, digest }
  }

  test('an invitation to sign up is found as it was stored, by its id and while it is open by its token', async () => {
    const { signUpInvites, invite, digest } = await stored({
      note: awkwardText,
      maxRedemptions: 3,
      requestId: newId('sur'),
    })
    expect(await signUpInvites.find(invite.id)).toEqual(invite)
    expect(await signUpInvites.findOpen(digest, address, at(1))).toEqual(invite)
    expect(await signUpInvites.findOpen('unknown', address, at(1))).toBe(null)
    expect(await signUpInvites.findOpen(digest, address, at(3600))).toBe(null)
    expect(await signUpInvites.find(newId('sui'))).toBe(null)
  })

  test('an invitation to sign up for one address is for no other', async () => {
    const { signUpInvites, invite, digest } = await stored({ email: address })
    expect(await signUpInvites.findOpen(digest, other, now)).toBe(null)
    expect(await signUpInvites.redeem(digest, other, now)).toBe(null)
    expect(await signUpInvites.redeem(digest, address, now)).toBe(invite.id)
  })

  test('an invitation to sign up is stored with its events', async () => {
    const { storage, signUpInvites } = await stored()
    expect(await signUpInvites.insert(sampleInvite(), newId('digest'), [created])).toBe(true)
    expect(await recorded(storage)).toMatchObject([{ type: created.type }])
  })

  test('an address is reserved until its invitation is redeemed', async () => {
    const { signUpInvites, invite, digest } = await stored({ email: address })
    expect(await signUpInvites.findReserving(address, now)).toBe(invite.id)
    expect(await signUpInvites.findReserving(other, now)).toBe(null)
    await signUpInvites.redeem(digest, address, now)
    expect(await signUpInvites.findReserving(address, now)).toBe(null)
    expect(await signUpInvites.insert(sampleInvite({ email: address }), newId('digest'), [])).toBe(true)
  })

  test('an address is reserved until its invitation expires', async () => {
    const { signUpInvites, invite } = await stored({ email: address })
    expect(await signUpInvites.findReserving(address, at(3599.999))).toBe(invite.id)
    expect(await signUpInvites.findReserving(address, at(3600))).toBe(null)
    const next = sampleInvite({ email: address, createdAt: at(3600), expiresAt: at(7200) })
    expect(await signUpInvites.insert(next, newId('digest'), [])).toBe(true)
    expect(await signUpInvites.findReserving(address, at(3600))).toBe(next.id)
  })

  test('an address is reserved until its invitation is revoked', async () => {
    const { storage, signUpInvites, invite, digest } = await stored({ email: address })
    expect(await signUpInvites.revoke(invite.id, at(1), [revoked])).toBe(true)
    expect(await signUpInvites.findReserving(address, at(1))).toBe(null)
    expect(await signUpInvites.findOpen(digest, address, at(1))).toBe(null)
    expect(await signUpInvites.redeem(digest, address, at(1))).toBe(null)
    expect(await signUpInvites.find(invite.id)).toEqual({ ...invite, revokedAt: at(1) })
    expect(await recorded(storage)).toMatchObject([{ type: revoked.type }])
  })

  test('a second invitation for a reserved address is refused and records nothing', async () => {
    const { storage, signUpInvites, invite } = await stored({ email: address })
    const second = sampleInvite({ email: address })
    expect(await signUpInvites.insert(second, newId('digest'), [created])).toBe(false)
    expect(await signUpInvites.find(second.id)).toBe(null)
    expect(await signUpInvites.findReserving(address, now)).toBe(invite.id)
    expect(await recorded(storage)).toEqual([])
  })

  test('of concurrent invitations for one address, one is stored', async () => {
    const storage = await fresh()
    const { signUpInvites } = storage.repositories.auth
    const results = winners(
      await race(() => signUpInvites.insert(sampleInvite({ email: address }), newId('digest'), [created])),
    )
    expect(results).toHaveLength(racers)
    expect(results.filter(Boolean)).toHaveLength(1)
    expect(await signUpInvites.list({}, now, { limit: 100, after: null })).toHaveLength(1)
    expect(await recorded(storage)).toHaveLength(1)
  })

  test('of concurrent callers with one invitation, as many redeem it as may', async () => {
    const { signUpInvites, invite, digest } = await stored({ maxRedemptions: 3 })
    const results = winners(await race((racer) => signUpInvites.redeem(digest, `${racer}@example.com`, now)))
    expect(results).toHaveLength(racers)
    expect(results.filter((id) => id !== null)).toEqual([invite.id, invite.id, invite.id])
    expect(await signUpInvites.find(invite.id)).toMatchObject({ redemptions: 3 })
  })

  test('an invitation redeemed in a transaction that fails can be redeemed', async () => {
    const { storage, signUpInvites, invite, digest } = await stored({ email: address })
    const failed = storage.transaction(async ({ repositories: { auth } }) => {
      expect(await auth.signUpInvites.redeem(digest, address, now)).toBe(invite.id)
      throw new Error('on purpose')
    })
    await expect(failed).rejects.toThrow('on purpose')
    expect(await signUpInvites.findReserving(address, now)).toBe(invite.id)
    expect(await signUpInvites.redeem(digest, address, now)).toBe(invite.id)
  })

  test('of concurrent callers who revoke one invitation, one does', async () => {
    const { storage, signUpInvites, invite } = await stored()
    const results = winners(await race(() => signUpInvites.revoke(invite.id, now, [revoked])))
    expect(results.filter(Boolean)).toHaveLength(1)
    expect(await recorded(storage)).toHaveLength(1)
  })

  test('an invitation that has ended is not revoked, and nothing is recorded', async () => {
    const { storage, signUpInvites, invite, digest } = await stored()
    expect(await signUpInvites.revoke(invite.id, at(3600), [revoked])).toBe(false)
    await signUpInvites.redeem(digest, address, now)
    expect(await signUpInvites.revoke(invite.id, now, [revoked])).toBe(false)
    expect(await recorded(storage)).toEqual([])
  })

  test('invitations to sign up are listed newest first, by what has become of them and by address', async () => {
    const { signUpInvites, invite: open } = await stored({ id: 'sui_1', email: address })
    const add = async (change: Partial<SignUpInviteRecord>) => {
      const digest = newId('digest')
      await signUpInvites.insert(sampleInvite(change), digest, [])
      return digest
    }
    await add({ id: 'sui_2', expiresAt: at(10) })
    await signUpInvites.redeem(await add({ id: 'sui_3' }), other, now)
    await add({ id: 'sui_4' })
    await signUpInvites.revoke('sui_4', now, [])
    const ids = async (query: Parameters<typeof signUpInvites.list>[0], after: string | null = null) =>
      (await signUpInvites.list(query, at(10), { limit: 2, after })).map(({ id }) => id)
    expect(await ids({})).toEqual(['sui_4', 'sui_3', 'sui_2'])
    expect(await ids({}, 'sui_2')).toEqual(['sui_1'])
    expect(await ids({ status: 'open' })).toEqual(['sui_1'])
    expect(await ids({ status: 'expired' })).toEqual(['sui_2'])
    expect(await ids({ status: 'redeemed' })).toEqual(['sui_3'])
    expect(await ids({ status: 'revoked' })).toEqual(['sui_4'])
    expect(await ids({ email: address })).toEqual([open.id])
    expect(await ids({ email: address, status: 'revoked' })).toEqual([])
  })

  test('purge forgets the invitations that ended before the time, and no others', async () => {
    const { signUpInvites, invite } = await stored()
    const gone = sampleInvite()
    await signUpInvites.insert(gone, newId('digest'), [])
    await signUpInvites.revoke(gone.id, at(10), [])
    expect(await signUpInvites.purge(at(10))).toBe(0)
    expect(await signUpInvites.purge(at(10.001))).toBe(1)
    expect(await signUpInvites.find(gone.id)).toBe(null)
    expect(await signUpInvites.find(invite.id)).toEqual(invite)
    expect(await signUpInvites.purge(at(3600.001))).toBe(1)
  })
}
