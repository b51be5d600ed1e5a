import { type InvitationRecord, type InvitationRepository, TenantErrors } from '@corbel/core/tenant/ports'
import { type Selectable, sql } from 'kysely'
import type { TenantDb } from '../scoped-db.ts'
import type { TenantTables } from './tables.ts'

type Row = Selectable<TenantTables['corbel_invitations']>

export const kyselyInvitationRepository = (db: TenantDb): InvitationRepository => ({
  async insert(invitation, digest) {
    const { tenantId } = invitation
    const { rows } = await sql`
      insert into corbel_invitations (id, tenant_id, email, role, role_id, status, generation, digest, created_by, created_at, expires_at,
        accepted_by)
      values (${invitation.id}, ${tenantId}, ${invitation.email}, ${invitation.role}, ${invitation.roleId}, ${invitation.status},
        ${invitation.generation}, ${digest}, ${invitation.createdBy}, ${invitation.createdAt}::timestamptz,
        ${invitation.expiresAt}::timestamptz, ${invitation.acceptedBy})
      on conflict (tenant_id, email) where status = 'pending' do update
        set id = excluded.id, role = excluded.role, role_id = excluded.role_id, generation = excluded.generation, digest = excluded.digest,
          created_by = excluded.created_by, created_at = excluded.created_at, expires_at = excluded.expires_at
        where corbel_invitations.expires_at <= excluded.created_at
      returning id`.execute(db.forTenant(tenantId))
    if (rows.length === 0) throw TenantErrors.invitationPending()
  },

  async find(tenantId, id) {
    const row = await db
      .forTenant(tenantId)
      .selectFrom('corbel_invitations')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .executeTakeFirst()
    return row ? toRecord(row) : null
  },

  async list(tenantId, { limit, after }) {
    const rows = await db
      .forTenant(tenantId)
      .selectFrom('corbel_invitations')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .$if(after !== null, (query) => query.where('id', '<', after as Row['id']))
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute()
    return rows.map(toRecord)
  },

  async renew(tenantId, id, { expected, digest, expiresAt }) {
    const row = await db
      .forTenant(tenantId)
      .updateTable('corbel_invitations')
      .set({ generation: expected + 1, digest, expires_at: expiresAt })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .where('status', '=', 'pending')
      .where('generation', '=', expected)
      .returningAll()
      .executeTakeFirst()
    return row ? toRecord(row) : null
  },

  async revoke(tenantId, id) {
    const { numUpdatedRows } = await db
      .forTenant(tenantId)
      .updateTable('corbel_invitations')
      .set({ status: 'revoked' })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .where('status', '=', 'pending')
      .executeTakeFirstOrThrow()
    return numUpdatedRows > 0n
  },

  async findOpen(digest, now) {
    const row = await db
      .platform('invitations.findOpen')
      .selectFrom('corbel_invitations')
      .selectAll()
      .where('digest', '=', digest)
      .where('status', '=', 'pending')
      .where('expires_at', '>', now)
      .executeTakeFirst()
    return row ? toRecord(row) : null
  },

  async redeem(digest, { userId, email, now }) {
    const row = await db
      .platform('invitations.redeem')
      .updateTable('corbel_invitations')
      .set({ status: 'accepted', accepted_by: userId })
      .where('digest', '=', digest)
      .where('email', '=', email)
      .where('status', '=', 'pending')
      .where('expires_at', '>', now)
      .returningAll()
      .executeTakeFirst()
    return row ? toRecord(row) : null
  },

  async purge(time) {
    const { numDeletedRows } = await db
      .platform('invitations.purge')
      .deleteFrom('corbel_invitations')
      .where('expires_at', '<', time)
      .executeTakeFirstOrThrow()
    return Number(numDeletedRows)
  },
})

const toRecord = (row: Row): InvitationRecord => ({
  id: row.id,
  tenantId: row.tenant_id,
  email: row.email,
  role: row.role,
  roleId: row.role_id,
  status: row.status,
  generation: row.generation,
  createdBy: row.created_by,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  acceptedBy: row.accepted_by,
})
