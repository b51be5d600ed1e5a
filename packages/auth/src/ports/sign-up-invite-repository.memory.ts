import type { EventRecorder } from '@corbel/core/ports'
import { signUpInviteStatus } from '../sign-up-invites/sign-up-invite.ts'
import type { AuthTables, SignUpInviteRow } from './auth-tables.memory.ts'
import type { SignUpInviteRepository } from './sign-up-invite-repository.ts'

export const memorySignUpInviteRepository = (
  { signUpInvites }: Pick<AuthTables, 'signUpInvites'>,
  recorder: EventRecorder,
): SignUpInviteRepository => {
  const open = (now: Date) =>
    [...signUpInvites.values()].filter((row) => signUpInviteStatus(row, now) === 'open')
  const openFor = (digest: string, email: string, now: Date) =>
    open(now).find((row) => row.digest === digest && (row.email === null || row.email === email))
  const reserving = (email: string | null, now: Date) =>
    email === null ? undefined : open(now).find((row) => row.email === email)

  return {
    async insert(invite, digest, events) {
      if (reserving(invite.email, invite.createdAt)) return false
      signUpInvites.set(invite.id, { ...invite, digest })
      await recorder.record(...events)
      return true
    },

    find: async (id) => recordOf(signUpInvites.get(id)),

    findOpen: async (digest, email, now) => recordOf(openFor(digest, email, now)),

    findReserving: async (email, now) => reserving(email, now)?.id ?? null,

    async redeem(digest, email, now) {
      const row = openFor(digest, email, now)
      if (!row) return null
      signUpInvites.set(row.id, { ...row, redemptions: row.redemptions + 1 })
      return row.id
    },

    async list({ status, email }, now, { limit, after }) {
      return [...signUpInvites.values()]
        .filter((row) => status === undefined || signUpInviteStatus(row, now) === status)
        .filter((row) => (email === undefined || row.email === email) && (after === null || row.id < after))
        .toSorted((a, b) => (a.id < b.id ? 1 : -1))
        .slice(0, limit + 1)
        .map(({ digest: _, ...record }) => record)
    },

    async revoke(id, now, events) {
      const row = open(now).find((found) => found.id === id)
      if (!row) return false
      signUpInvites.set(id, { ...row, revokedAt: now })
      await recorder.record(...events)
      return true
    },

    async purge(time) {
      const ended = [...signUpInvites.values()].filter(
        ({ expiresAt, revokedAt }) => expiresAt < time || (revokedAt !== null && revokedAt < time),
      )
      for (const { id } of ended) signUpInvites.delete(id)
      return ended.length
    },
  }
}

function recordOf(row: SignUpInviteRow | undefined) {
  if (!row) return null
  const { digest: _, ...record } = row
  return record
}
