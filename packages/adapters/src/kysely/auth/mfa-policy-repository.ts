import type { MfaPolicyRepository } from '@corbel/auth/ports'
import type { Clock } from '@corbel/core/ports'
import { sql } from 'kysely'
import { insertEvents } from '../platform/event-recorder.ts'
import type { TenantDb } from '../scoped-db.ts'

export const kyselyMfaPolicyRepository = (db: TenantDb, clock: Clock): MfaPolicyRepository => ({
  async find(tenantId) {
    const row = await db
      .forTenant(tenantId)
      .selectFrom('corbel_mfa_policies')
      .select('policy')
      .where('tenant_id', '=', tenantId)
      .executeTakeFirst()
    return row?.policy ?? 'optional'
  },

  async put(tenantId, policy, events) {
    await db
      .forTenant(tenantId)
      .with('recorded', () => sql`(${insertEvents(clock, events)})`)
      .insertInto('corbel_mfa_policies')
      .values({ tenant_id: tenantId, policy })
      .onConflict((conflict) => conflict.column('tenant_id').doUpdateSet({ policy }))
      .execute()
  },
})
