import type { DomainEvent, EventRecorder } from '@corbel/core/ports'
import { membershipKey, type TenantTables } from '@corbel/core/tenant/ports'
import type { AuthTables, SessionRow } from './auth-tables.memory.ts'
import type { RevocationReason, SessionRecord, SessionRepository } from './session-repository.ts'

type Tables = AuthTables & Pick<TenantTables, 'memberships'>

// Nothing is awaited between a decision and the change that follows from it: that is what makes each verb atomic here.
export function memorySessionRepository(tables: Tables, recorder: EventRecorder): SessionRepository {
  const { users, sessions, refreshTokens, memberships } = tables
  const isLive = (row: SessionRow, now: Date): boolean => row.revoked === null && row.expiresAt > now

  async function end(
    row: SessionRow,
    now: Date,
    reason: RevocationReason,
    events: readonly DomainEvent[],
  ): Promise<void> {
    sessions.set(row.id, { ...row, revoked: { at: now, reason } })
    await recorder.record(...events)
  }

  function sessionOf(digest: string): SessionRow | undefined {
    const token = refreshTokens.get(digest)
    return token && sessions.get(token.sessionId)
  }

  return {
    async open(session, { digest, expiresAt }, events) {
      if (sessions.has(session.id) || refreshTokens.has(digest))
        throw new Error('A session or token like this exists.')
      sessions.set(session.id, { ...structuredClone(session), revoked: null })
      refreshTokens.set(digest, { sessionId: session.id, expiresAt, replaced: null })
      await recorder.record(...events)
    },

    async rotate({ presented, successor, now, graceSince, expiresAt, reuseEvent }) {
      const token = refreshTokens.get(presented)
      const row = sessionOf(presented)
      if (!token || !row || !isLive(row, now) || token.expiresAt <= now) return { outcome: 'refused' }
      if (token.replaced && token.replaced.at <= graceSince) {
        await end(row, now, 'refresh-reuse', [reuseEvent(row)])
        return { outcome: 'reused', sessionId: row.id }
      }
      const account = users.get(row.userId)
      const membership = memberships.get(membershipKey(row.tenantId, row.userId))
      if (!account || !membership) return { outcome: 'refused' }
      const rights = {
        emailVerified: account.user.emailVerified,
        operator: account.operator,
        role: membership.role,
      }
      if (token.replaced) {
        if (token.replaced.successor !== successor) return { outcome: 'refused' }
        const { expiresAt } = token.replaced
        return { outcome: 'rotated', rotatedNow: false, expiresAt, session: shown(row), ...rights }
      }
      const successorEnd = expiresAt < row.expiresAt ? expiresAt : row.expiresAt
      const seen = { ...row, lastSeenAt: now }
      sessions.set(row.id, seen)
      refreshTokens.set(presented, { ...token, replaced: { at: now, successor, expiresAt: successorEnd } })
      refreshTokens.set(successor, { sessionId: row.id, expiresAt: successorEnd, replaced: null })
      return {
        outcome: 'rotated',
        rotatedNow: true,
        expiresAt: successorEnd,
        session: shown(seen),
        ...rights,
      }
    },

    listLive: async (tenantId, userId, now, { limit, after }) =>
      [...sessions.values()]
        .filter((row) => row.tenantId === tenantId && row.userId === userId && isLive(row, now))
        .filter(({ id }) => after === null || id < after)
        .toSorted((a, b) => (a.id > b.id ? -1 : 1))
        .slice(0, limit + 1)
        .map(shown),

    async revoke(tenantId, userId, id, now, reason, events) {
      const row = sessions.get(id)
      if (row?.tenantId !== tenantId || row.userId !== userId || !isLive(row, now)) return false
      await end(row, now, reason, events)
      return true
    },

    async revokeByToken(digest, now, reason, event) {
      const row = sessionOf(digest)
      if (!row || !isLive(row, now)) return null
      await end(row, now, reason, [event(row)])
      return row.id
    },

    async revokeAll(userId, now, reason, events) {
      const live = [...sessions.values()].filter((row) => row.userId === userId && isLive(row, now))
      for (const row of live) sessions.set(row.id, { ...row, revoked: { at: now, reason } })
      if (live.length > 0) await recorder.record(...events)
      return live.map(({ id }) => id)
    },

    listRevokedSince: async (since) =>
      [...sessions.values()]
        .flatMap(({ id, revoked }) => (revoked && revoked.at >= since ? [{ id, revokedAt: revoked.at }] : []))
        .toSorted((a, b) => a.revokedAt.getTime() - b.revokedAt.getTime()),

    async purge(time) {
      const ended = [...sessions.values()].filter(
        ({ revoked, expiresAt }) => (revoked && revoked.at < time) || expiresAt < time,
      )
      const ids = new Set(ended.map(({ id }) => id))
      for (const id of ids) sessions.delete(id)
      for (const [digest, { sessionId }] of refreshTokens)
        if (ids.has(sessionId)) refreshTokens.delete(digest)
      return ids.size
    },
  }
}

function shown({ revoked: _, ...session }: SessionRow): SessionRecord {
  return structuredClone(session)
}
