import type { Rotation } from '@corbel/auth/ports'
import type { Role } from '@corbel/core/tenant/ports'
import { sql } from 'kysely'
import type { ScopedDb } from '../scoped-db.ts'
import type { SessionRow } from './session-row.ts'

export interface Presented extends SessionRow {
  readonly verdict: 'rotate' | 'repeat' | 'reused' | 'refused'
  readonly new_expiry: Date
  readonly successor_expires_at: Date | null
  readonly email_verified: boolean
  readonly operator: boolean
  readonly role: Role
  readonly scopes: string[] | null
}

/**
 * One statement: lock the presented token and its session, decide, and change them if the verdict is `rotate`.
 *
 * A caller that waited for the locks sees the newest version of both locked rows (EvalPlanQual, READ COMMITTED), never the
 * successor's row, which its snapshot does not show: so everything the verdict needs is in those two. The session is locked
 * first, as everything else that touches sessions and tokens does, so no two of them can deadlock.
 */
export async function rotate(
  db: ScopedDb,
  rotation: Omit<Rotation, 'reuseEvent'>,
): Promise<Presented | null> {
  const { presented, successor } = rotation
  const now = sql`${rotation.now}::timestamptz`
  const { rows } = await sql<Presented>`
    with presented as materialized (
      select s.id, s.tenant_id, s.user_id, s.created_at, s.last_seen_at, s.expires_at, s.user_agent, s.ip_prefix, s.aal,
        s.amr, s.authenticated_at, s.place, s.impersonator_id, s.generation, t.digest, t.successor_expires_at, u.email_verified, u.operator, m.role, m.scopes,
        least(${rotation.expiresAt}::timestamptz, s.expires_at) as new_expiry,
        case
          when s.revoked_at is not null or s.expires_at <= ${now} or t.expires_at <= ${now} then 'refused'
          when coalesce(t.replaced_at, case when t.generation < s.generation then s.authenticated_at end)
            <= ${rotation.graceSince}::timestamptz then 'reused'
          when t.generation < s.generation or m.role is null or u.disabled_at is not null then 'refused'
          when s.aal < 2 and (p.policy = 'required' or exists (
            select from corbel_factors f where f.user_id = s.user_id and f.confirmed_at is not null)) then 'refused'
          when t.replaced_at is null then 'rotate'
          when t.successor_digest = ${successor} then 'repeat'
          else 'refused'
        end as verdict
      from corbel_refresh_tokens t
      join corbel_sessions s on s.tenant_id = t.tenant_id and s.id = t.session_id
      join corbel_users u on u.id = s.user_id
      left join corbel_memberships m on m.tenant_id = s.tenant_id and m.user_id = s.user_id
      left join corbel_mfa_policies p on p.tenant_id = s.tenant_id
      where t.digest = ${presented}
      for no key update of s, t
    ), inserted as (
      insert into corbel_refresh_tokens (digest, tenant_id, session_id, expires_at, generation)
      select ${successor}, p.tenant_id, p.id, p.new_expiry, p.generation from presented p where p.verdict = 'rotate'
    ), replaced as (
      update corbel_refresh_tokens t
      set replaced_at = ${now}, successor_digest = ${successor}, successor_expires_at = p.new_expiry
      from presented p where p.verdict = 'rotate' and t.digest = p.digest
    ), seen as (
      update corbel_sessions s set last_seen_at = ${now}
      from presented p where p.verdict = 'rotate' and s.tenant_id = p.tenant_id and s.id = p.id
    )
    select * from presented`.execute(db)
  return rows[0] ?? null
}
