import { signUpInviteStatus } from '../sign-up-invites/sign-up-invite.ts'
import type { AuthTables } from './auth-tables.memory.ts'
import type { SignUpRequestRepository } from './sign-up-request-repository.ts'

export const memorySignUpRequestRepository = ({
  signUpRequests,
  signUpInvites,
  users,
}: Pick<AuthTables, 'signUpRequests' | 'signUpInvites' | 'users'>): SignUpRequestRepository => ({
  async submit(request, { client, most }) {
    const { email, createdAt } = request
    const pending = [...signUpRequests.values()].filter(({ status }) => status === 'pending')
    const ofClient = client === null ? 0 : pending.filter((row) => row.client === client).length
    const isKnown =
      pending.some((row) => row.email === email) ||
      [...users.values()].some(({ user }) => user.email === email) ||
      [...signUpInvites.values()].some(
        (row) => row.email === email && signUpInviteStatus(row, createdAt) === 'open',
      )
    if (isKnown || (most > 0 && ofClient >= most)) return false
    signUpRequests.set(request.id, { ...request, client })
    return true
  },

  async find(id) {
    const row = signUpRequests.get(id)
    if (!row) return null
    const { client: _, ...record } = row
    return record
  },

  async list({ status }, { limit, after }) {
    return [...signUpRequests.values()]
      .filter((row) => (status === undefined || row.status === status) && (after === null || row.id < after))
      .toSorted((a, b) => (a.id < b.id ? 1 : -1))
      .slice(0, limit + 1)
      .map(({ client: _, ...record }) => record)
  },

  async decide(id, { status, at, by, reason, inviteId }) {
    const row = signUpRequests.get(id)
    if (row?.status !== 'pending') return false
    signUpRequests.set(id, { ...row, status, decidedAt: at, decidedBy: by, reason, inviteId })
    return true
  },

  async purge(time) {
    const old = [...signUpRequests.values()].filter(({ decidedAt }) => decidedAt !== null && decidedAt < time)
    for (const { id } of old) signUpRequests.delete(id)
    return old.length
  },
})
