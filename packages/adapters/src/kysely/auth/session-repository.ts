import type { RevocationReason, SessionId, SessionRepository, UserId } from '@corbel/auth/ports'
import type { Clock, DomainEvent, Id } from '@corbel/core/ports'
import { CompiledQuery, sql } from 'kysely'
import { insertEvents } from '../platform/event-recorder.ts'
import type { TenantDb } from '../scoped-db.ts'
import { elevate } from './elevate.ts'
import { rotate } from './rotate.ts'
import { toRow, toSession } from './session-row.ts'

// Read by every request where revocation is to be seen at once, so it is not built again each time.
const findLive =
  'select 1 from corbel_sessions where tenant_id = $1 and id = $2 and revoked_at is null and expires_at > $3'

export function kyselySessionRepository(db: TenantDb, clock: Clock): SessionRepository {
  /** Ends one live session and records the events if it was live. */
  async function end(
    {
      id,
      tenantId,
      userId,
    }: { readonly id: SessionId; readonly tenantId: Id<'ten'>; readonly userId: UserId },
    now: Date,
    reason: RevocationReason,
    events: readonly DomainEvent[],
  ): Promise<boolean> {
    const { rows } = await sql`
      with ended as (
        update corbel_sessions set revoked_at = ${now}::timestamptz, revocation_reason = ${reason}
        where tenant_id = ${tenantId} and user_id = ${userId} and id = ${id}
          and revoked_at is null and expires_at > ${now}::timestamptz
        returning id
      ), recorded as (${insertEvents(clock, events, sql`exists (select from ended)`)})
      select id from ended`.execute(db.forTenant(tenantId))
    return rows.length > 0
  }

  return {
    async open(session, token, events, spentKeys = []) {
      const row = toRow(session)
      // The keys first, as where failures are counted, so that the two cannot deadlock. The lock on the user makes whoever disables
      // them wait, and this wait for them: its newest version decides.
      const { rows } = await sql`
        with forgotten as (
          delete from corbel_attempts where key = any(${spentKeys}::text[]) returning key
        ), owner as materialized (
          select id, failed_attempts from corbel_users
          where id = ${row.user_id} and disabled_at is null and (select count(*) from forgotten) >= 0
          for no key update
        ), cleared as (
          update corbel_users u set failed_attempts = 0 from owner o where u.id = o.id and o.failed_attempts > 0
        ), opened as (
          insert into corbel_sessions (tenant_id, id, user_id, created_at, last_seen_at, expires_at, user_agent, ip_prefix, aal,
            amr, authenticated_at, place, impersonator_id)
          select ${row.tenant_id}, ${row.id}, o.id, ${row.created_at}::timestamptz, ${row.last_seen_at}::timestamptz,
            ${row.expires_at}::timestamptz, ${row.user_agent}::text, ${row.ip_prefix}::text, ${row.aal}::smallint,
            ${row.amr}::text[], ${row.authenticated_at}::timestamptz, ${row.place}::text, ${row.impersonator_id}::text
          from owner o
        ), issued as (
          insert into corbel_refresh_tokens (digest, tenant_id, session_id, expires_at)
          select ${token?.digest ?? null}::text, ${row.tenant_id}, ${row.id}, ${token?.expiresAt ?? null}::timestamptz from owner
          where ${token !== null}
        ), recorded as (${insertEvents(clock, events, sql`exists (select from owner)`)})
        select id from owner`.execute(db.forTenant(session.tenantId))
      return rows.length > 0
    },

    async isLive(tenantId, id, now) {
      const { rows } = await db
        .forTenant(tenantId)
        .executeQuery(CompiledQuery.raw(findLive, [tenantId, id, now]))
      return rows.length > 0
    },

    async listAgents(userId, upTo) {
      const rows = await db
        .platform('sessions.listAgents')
        .selectFrom('corbel_sessions')
        .select('user_agent')
        .where('user_id', '=', userId)
        .where('id', '<=', upTo)
        .where('impersonator_id', 'is', null)
        .orderBy('id', 'desc')
        .limit(100)
        .execute()
      return rows.map(({ user_agent }) => user_agent)
    },

    async rotate({ reuseEvent, ...rotation }) {
      const presented = await rotate(db.platform('sessions.rotate'), rotation)
      if (!presented) return { outcome: 'refused' }
      const { verdict, email_verified: emailVerified, operator, role, scopes } = presented
      const session = toSession(presented)
      switch (verdict) {
        case 'rotate':
          return {
            outcome: 'rotated',
            rotatedNow: true,
            expiresAt: presented.new_expiry,
            session: { ...session, lastSeenAt: rotation.now },
            emailVerified,
            operator,
            role,
            scopes,
          }
        case 'repeat':
          return {
            outcome: 'rotated',
            rotatedNow: false,
            expiresAt: presented.successor_expires_at ?? presented.new_expiry,
            session,
            emailVerified,
            operator,
            role,
            scopes,
          }
        case 'reused': {
          // A token once replaced stays replaced, so the verdict still holds here; of concurrent reuses one ends the session.
          const ended = await end(session, rotation.now, 'refresh-reuse', [reuseEvent(session)])
          return ended ? { outcome: 'reused', sessionId: session.id } : { outcome: 'refused' }
        }
        case 'refused':
          return { outcome: 'refused' }
      }
    },

    elevate: ({ session, ...elevation }, events) =>
      elevate(db.forTenant(session.tenantId), clock, { session, ...elevation }, events),

    async listLive(tenantId, userId, now, { limit, after }) {
      const rows = await db
        .forTenant(tenantId)
        .selectFrom('corbel_sessions')
        .selectAll()
        .where('tenant_id', '=', tenantId)
        .where('user_id', '=', userId)
        .where('revoked_at', 'is', null)
        .where('expires_at', '>', now)
        .$if(after !== null, (query) => query.where('id', '<', after as SessionId))
        .orderBy('id', 'desc')
        .limit(limit + 1)
        .execute()
      return rows.map(toSession)
    },

    revoke: (tenantId, userId, id, now, reason, events) => end({ tenantId, userId, id }, now, reason, events),

    async revokeByToken(digest, now, reason, event) {
      const row = await db
        .platform('sessions.revokeByToken')
        .selectFrom('corbel_refresh_tokens as t')
        .innerJoin('corbel_sessions as s', (join) =>
          join.onRef('s.tenant_id', '=', 't.tenant_id').onRef('s.id', '=', 't.session_id'),
        )
        .select(['s.id', 's.tenant_id as tenantId', 's.user_id as userId'])
        .where('t.digest', '=', digest)
        .executeTakeFirst()
      return row && (await end(row, now, reason, [event(row)])) ? row.id : null
    },

    async revokeAll(userId, now, reason, events, keep) {
      // Locked in one order, the one to keep among them: two callers that end the same sessions cannot deadlock.
      const { rows } = await sql<{ readonly id: SessionId }>`
        with live as materialized (
          select tenant_id, id from corbel_sessions
          where user_id = ${userId} and revoked_at is null and expires_at > ${now}::timestamptz
          order by tenant_id, id for no key update
        ), ended as (
          update corbel_sessions s set revoked_at = ${now}::timestamptz, revocation_reason = ${reason}
          from live l where s.tenant_id = l.tenant_id and s.id = l.id and s.id is distinct from ${keep ?? null}::text
          returning s.id
        ), recorded as (${insertEvents(clock, events, sql`exists (select from ended)`)})
        select id from ended order by id`.execute(db.platform('sessions.revokeAll'))
      return rows.map(({ id }) => id)
    },

    async listRevokedSince(since) {
      const rows = await db
        .platform('sessions.listRevokedSince')
        .selectFrom('corbel_sessions')
        .select(['id', 'revoked_at'])
        .where('revoked_at', '>=', since)
        .orderBy('revoked_at')
        .execute()
      return rows.map(({ id, revoked_at }) => ({ id, revokedAt: revoked_at as Date }))
    },

    async purge(time) {
      // In the same order as revokeAll; what somebody else is just looking at is left for the next time.
      const { numAffectedRows = 0n } = await sql`
        with ended as materialized (
          select tenant_id, id from corbel_sessions
          where revoked_at < ${time}::timestamptz or expires_at < ${time}::timestamptz
          order by tenant_id, id for update skip locked
        )
        delete from corbel_sessions s using ended e where s.tenant_id = e.tenant_id and s.id = e.id`.execute(
        db.platform('sessions.purge'),
      )
      return Number(numAffectedRows)
    },
  }
}
