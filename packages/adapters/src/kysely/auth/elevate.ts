import type { Elevation, RotatedSession } from '@corbel/auth/ports'
import type { Clock, DomainEvent } from '@corbel/core/ports'
import type { Role } from '@corbel/core/tenant/ports'
import { sql } from 'kysely'
import { insertEvents } from '../platform/event-recorder.ts'
import type { ScopedDb } from '../scoped-db.ts'
import { type SessionRow, toSession } from './session-row.ts'

interface Elevated extends SessionRow {
  readonly new_expiry: Date
  readonly email_verified: boolean
  readonly operator: boolean
  readonly role: Role
  readonly scopes: string[] | null
}

/**
 * One statement: raise the session, put it a generation further and give it a token of that generation. Tokens of earlier ones are
 * not looked for: a rotation at the same time inserts one that this statement's snapshot does not show.
 */
export async function elevate(
  db: ScopedDb,
  clock: Clock,
  { session: { id, tenantId, userId }, aal, amr, now, token }: Elevation,
  events: readonly DomainEvent[],
): Promise<(RotatedSession & { readonly expiresAt: Date }) | null> {
  const { rows } = await sql<Elevated>`
    with elevated as (
      update corbel_sessions s
      set aal = greatest(s.aal, ${aal}::smallint), amr = ${[...amr]}::text[], authenticated_at = ${now}::timestamptz,
        last_seen_at = ${now}::timestamptz, generation = s.generation + 1
      from corbel_memberships m join corbel_users a on a.id = m.user_id
      where s.tenant_id = ${tenantId} and s.id = ${id} and s.user_id = ${userId}
        and s.revoked_at is null and s.expires_at > ${now}::timestamptz
        and s.impersonator_id is null and m.tenant_id = s.tenant_id and m.user_id = s.user_id and a.disabled_at is null
      returning s.*, m.role, m.scopes, least(${token.expiresAt}::timestamptz, s.expires_at) as new_expiry
    ), inserted as (
      insert into corbel_refresh_tokens (digest, tenant_id, session_id, expires_at, generation)
      select ${token.digest}, tenant_id, id, new_expiry, generation from elevated
    ), recorded as (${insertEvents(clock, events, sql`exists (select from elevated)`)})
    select e.*, u.email_verified, u.operator from elevated e join corbel_users u on u.id = e.user_id`.execute(
    db,
  )
  const [row] = rows
  if (!row) return null
  const { email_verified: emailVerified, operator, role, scopes, new_expiry: expiresAt } = row
  return { session: toSession(row), expiresAt, emailVerified, operator, role, scopes }
}
