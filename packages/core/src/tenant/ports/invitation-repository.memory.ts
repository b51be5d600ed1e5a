import { TenantErrors } from '../tenant-errors.ts'
import type { InvitationRecord, InvitationRepository } from './invitation-repository.ts'
import type { InvitationRow, TenantTables } from './tenant-tables.memory.ts'

export function memoryInvitationRepository({
  invitations,
}: Pick<TenantTables, 'invitations'>): InvitationRepository {
  const open = (digest: string, now: Date) =>
    [...invitations.values()].find(
      (row) => row.digest === digest && row.status === 'pending' && row.expiresAt > now,
    )

  function replace(row: InvitationRow, change: Partial<InvitationRow>): InvitationRecord {
    const changed = { ...row, ...change }
    invitations.set(row.id, changed)
    return shown(changed)
  }

  return {
    async insert(invitation, digest) {
      for (const row of invitations.values()) {
        const { tenantId, email, status, expiresAt } = row
        if (tenantId !== invitation.tenantId || email !== invitation.email || status !== 'pending') continue
        if (expiresAt > invitation.createdAt) throw TenantErrors.invitationPending()
        invitations.delete(row.id)
      }
      invitations.set(invitation.id, { ...structuredClone(invitation), digest })
    },

    async find(tenantId, id) {
      const row = invitations.get(id)
      return row?.tenantId === tenantId ? shown(row) : null
    },

    list: async (tenantId, { limit, after }) =>
      [...invitations.values()]
        .filter((row) => row.tenantId === tenantId && (after === null || row.id < after))
        .toSorted((a, b) => (a.id > b.id ? -1 : 1))
        .slice(0, limit + 1)
        .map(shown),

    async renew(tenantId, id, { expected, digest, expiresAt }) {
      const row = invitations.get(id)
      if (row?.tenantId !== tenantId || row.status !== 'pending' || row.generation !== expected) return null
      return replace(row, { generation: expected + 1, digest, expiresAt })
    },

    async revoke(tenantId, id) {
      const row = invitations.get(id)
      if (row?.tenantId !== tenantId || row.status !== 'pending') return false
      replace(row, { status: 'revoked' })
      return true
    },

    async findOpen(digest, now) {
      const row = open(digest, now)
      return row ? shown(row) : null
    },

    async redeem(digest, { userId, email, now }) {
      const row = open(digest, now)
      if (row?.email !== email) return null
      return replace(row, { status: 'accepted', acceptedBy: userId })
    },

    async purge(time) {
      const ended = [...invitations.values()].filter(({ expiresAt }) => expiresAt < time)
      for (const { id } of ended) invitations.delete(id)
      return ended.length
    },
  }
}

const shown = ({ digest: _, ...invitation }: InvitationRow): InvitationRecord => structuredClone(invitation)
