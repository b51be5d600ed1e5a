import { type MembershipRepository, TenantErrors } from '@corbel/core/tenant/ports'
import type { TenantDb } from '../scoped-db.ts'
import { onUniqueViolation } from '../unique-violation.ts'

export const kyselyMembershipRepository = (db: TenantDb): MembershipRepository => ({
  async insert({ tenantId, userId, role, createdAt }) {
    const inserted = db
      .forTenant(tenantId)
      .insertInto('corbel_memberships')
      .values({ tenant_id: tenantId, user_id: userId, role, created_at: new Date(createdAt) })
      .execute()
    await onUniqueViolation('corbel_memberships_pkey', inserted, TenantErrors.alreadyMember)
  },

  async listOfTenant(tenantId, { limit, after }) {
    const rows = await db
      .forTenant(tenantId)
      .selectFrom('corbel_memberships')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .$if(after !== null, (query) => query.where('user_id', '>', after as `usr_${string}`))
      .orderBy('user_id')
      .limit(limit + 1)
      .execute()
    return rows.map(({ tenant_id, user_id, role, created_at }) => ({
      tenantId: tenant_id,
      userId: user_id,
      role,
      createdAt: created_at.toISOString(),
    }))
  },
})
