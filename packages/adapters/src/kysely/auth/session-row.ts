import type { SessionRecord } from '@corbel/auth/ports'
import type { Selectable } from 'kysely'
import type { AuthTables } from './tables.ts'

export type SessionRow = Omit<
  Selectable<AuthTables['corbel_sessions']>,
  'revoked_at' | 'revocation_reason' | 'generation'
>

export const toSession = (row: SessionRow): SessionRecord => ({
  id: row.id,
  tenantId: row.tenant_id,
  userId: row.user_id,
  createdAt: row.created_at,
  lastSeenAt: row.last_seen_at,
  expiresAt: row.expires_at,
  userAgent: row.user_agent,
  ipPrefix: row.ip_prefix,
  aal: row.aal,
  amr: row.amr,
  authenticatedAt: row.authenticated_at,
  place: row.place,
  impersonatorId: row.impersonator_id,
})

export const toRow = (session: SessionRecord): SessionRow => ({
  id: session.id,
  tenant_id: session.tenantId,
  user_id: session.userId,
  created_at: session.createdAt,
  last_seen_at: session.lastSeenAt,
  expires_at: session.expiresAt,
  user_agent: session.userAgent,
  ip_prefix: session.ipPrefix,
  aal: session.aal,
  amr: [...session.amr],
  authenticated_at: session.authenticatedAt,
  place: session.place,
  impersonator_id: session.impersonatorId,
})
