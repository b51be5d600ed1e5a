import type { DomainEvent, EventRecorder } from '@corbel/core/ports'
import { membershipKey, type TenantTables } from '@corbel/core/tenant/ports'
import { forgetFailures } from './attempt-repository.memory.ts'
import type { AuthTables, SessionRow } from './auth-tables.memory.ts'
import type { RevocationReason, SessionRecord, SessionRepository } from './session-repository.ts'

type Tables = AuthTables & Pick<TenantTables, 'memberships'>

// Nothing is awaited between a decision and the change that follows from it: that is what makes each verb atomic here.
export function memorySessionRepository(tables: Tables, recorder: EventRecorder): SessionRepository {
  const { users, sessions, refreshTokens, memberships, factors, mfaPolicies } = tables
  const isLive = (row: SessionRow, now: Date): boolean => row.revoked === null && row.expiresAt > now

  const needsSecondFactor = ({ tenantId, userId }: SessionRow): boolean =>
    mfaPolicies.get(tenantId) === 'required' ||
    [...factors.values()].some((row) => row.userId === userId && row.confirmedAt !== null)

  const rightsOf = ({ tenantId, userId }: SessionRow) => {
    const account = users.get(userId)
    const membership = memberships.get(membershipKey(tenantId, userId))
    if (!account || account.disabled || !membership) return null
    return {
      emailVerified: account.user.emailVerified,
      operator: account.operator,
      role: membership.role,
      scopes: membership.customRole?.scopes ?? null,
    }
  }

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
    async open(session, token, events, spentKeys = []) {
      if (sessions.has(session.id) || (token && refreshTokens.has(token.digest)))
        throw new Error('A session or token like this exists.')
      if (users.get(session.userId)?.disabled) return false
      sessions.set(session.id, { ...structuredClone(session), revoked: null, generation: 1 })
      if (token) {
        const { digest, expiresAt } = token
        refreshTokens.set(digest, { sessionId: session.id, generation: 1, expiresAt, replaced: null })
      }
      forgetFailures(tables, session.userId, spentKeys)
      await recorder.record(...events)
      return true
    },

    async rotate({ presented, successor, now, graceSince, expiresAt, reuseEvent }) {
      const token = refreshTokens.get(presented)
      const row = sessionOf(presented)
      if (!token || !row || !isLive(row, now) || token.expiresAt <= now) return { outcome: 'refused' }
      const isStale = token.generation < row.generation
      const replacedAt = token.replaced?.at ?? (isStale ? row.authenticatedAt : null)
      if (replacedAt && replacedAt <= graceSince) {
        await end(row, now, 'refresh-reuse', [reuseEvent(row)])
        return { outcome: 'reused', sessionId: row.id }
      }
      const rights = rightsOf(row)
      if (isStale || !rights || (row.aal < 2 && needsSecondFactor(row))) return { outcome: 'refused' }
      if (token.replaced) {
        if (token.replaced.successor !== successor) return { outcome: 'refused' }
        const { expiresAt } = token.replaced
        return { outcome: 'rotated', rotatedNow: false, expiresAt, session: shown(row), ...rights }
      }
      const successorEnd = expiresAt < row.expiresAt ? expiresAt : row.expiresAt
      const seen = { ...row, lastSeenAt: now }
      sessions.set(row.id, seen)
      refreshTokens.set(presented, { ...token, replaced: { at: now, successor, expiresAt: successorEnd } })
      refreshTokens.set(successor, {
        sessionId: row.id,
        generation: row.generation,
        expiresAt: successorEnd,
        replaced: null,
      })
      return {
        outcome: 'rotated',
        rotatedNow: true,
        expiresAt: successorEnd,
        session: shown(seen),
        ...rights,
      }
    },

    async elevate({ session: { id, tenantId, userId }, aal, amr, now, token }, events) {
      const row = sessions.get(id)
      if (row?.tenantId !== tenantId || row.userId !== userId || !isLive(row, now)) return null
      const rights = row.impersonatorId === null ? rightsOf(row) : null
      if (!rights) return null
      if (refreshTokens.has(token.digest)) throw new Error('A token like this exists.')
      const elevated = {
        ...row,
        aal: row.aal > aal ? row.aal : aal,
        amr: [...amr],
        authenticatedAt: now,
        lastSeenAt: now,
        generation: row.generation + 1,
      }
      sessions.set(id, elevated)
      const expiresAt = token.expiresAt < row.expiresAt ? token.expiresAt : row.expiresAt
      const { generation } = elevated
      refreshTokens.set(token.digest, { sessionId: id, generation, expiresAt, replaced: null })
      await recorder.record(...events)
      return { session: shown(elevated), expiresAt, ...rights }
    },

    async isLive(tenantId, id, now) {
      const row = sessions.get(id)
      return row?.tenantId === tenantId && isLive(row, now)
    },

    listAgents: async (userId, upTo) =>
      [...sessions.values()]
        .filter((row) => row.userId === userId && row.id <= upTo && row.impersonatorId === null)
        .toSorted((a, b) => (a.id > b.id ? -1 : 1))
        .slice(0, 100)
        .map(({ userAgent }) => userAgent),

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

    async revokeAll(userId, now, reason, events, keep) {
      const live = [...sessions.values()].filter(
        (row) => row.userId === userId && row.id !== keep && isLive(row, now),
      )
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

function shown({ revoked: _, generation: __, ...session }: SessionRow): SessionRecord {
  return structuredClone(session)
}
