import type { Id } from '@corbel/core/ports'
import { type Membership, type MembershipRepository, TenantErrors } from '@corbel/core/tenant/ports'
import { type RawBuilder, type Selectable, sql } from 'kysely'
import type { TenantDb } from '../scoped-db.ts'
import { onUniqueViolation } from '../violations.ts'
import type { TenantTables } from './tables.ts'

type Row = Selectable<TenantTables['corbel_memberships']>

export function kyselyMembershipRepository(db: TenantDb): MembershipRepository {
  async function find(tenantId: Id<'ten'>, userId: Id<'usr'>): Promise<Membership | null> {
    const row = await db
      .forTenant(tenantId)
      .selectFrom('corbel_memberships')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('user_id', '=', userId)
      .executeTakeFirst()
    return row ? toMembership(row) : null
  }

  /** The row that a guarded change returned; without one, the reason why not. */
  async function changedBy(tenantId: Id<'ten'>, userId: Id<'usr'>, change: RawBuilder<Row>) {
    const { rows } = await change.execute(db.forTenant(tenantId))
    if (rows[0]) return toMembership(rows[0])
    const present = await find(tenantId, userId)
    if (present?.role === 'owner') throw TenantErrors.lastOwner()
    return null
  }

  return {
    async insert({ tenantId, userId, role, customRole, createdAt }) {
      const inserted = db
        .forTenant(tenantId)
        .insertInto('corbel_memberships')
        .values({
          tenant_id: tenantId,
          user_id: userId,
          role,
          role_id: customRole?.id ?? null,
          scopes: customRole ? [...customRole.scopes] : null,
          created_at: new Date(createdAt),
        })
        .execute()
      await onUniqueViolation('corbel_memberships_pkey', inserted, TenantErrors.alreadyMember)
    },

    find,

    changeRole: (tenantId, userId, role, customRole) =>
      changedBy(
        tenantId,
        userId,
        sql<Row>`
          with ${locked(tenantId, userId)}
          update corbel_memberships set role = ${role}, role_id = ${customRole?.id ?? null},
            scopes = ${customRole ? [...customRole.scopes] : null}::text[]
          where tenant_id = ${tenantId} and user_id = ${userId} and (${role} = 'owner' or ${anotherOwns(userId)})
          returning *`,
      ),

    async remove(tenantId, userId) {
      const removed = await changedBy(
        tenantId,
        userId,
        sql<Row>`
          with ${locked(tenantId, userId)}
          delete from corbel_memberships
          where tenant_id = ${tenantId} and user_id = ${userId} and ${anotherOwns(userId)}
          returning *`,
      )
      return removed !== null
    },

    async transferOwnership(tenantId, from, to) {
      const { rows } = await sql<Row>`
        with locked as materialized (
          select user_id, role from corbel_memberships
          where tenant_id = ${tenantId} and user_id in (${from}, ${to}) order by user_id for no key update
        ), changed as (
          update corbel_memberships m set role = case when m.user_id = ${to} then 'owner' else 'admin' end,
            role_id = null, scopes = null
          from locked l
          where m.tenant_id = ${tenantId} and m.user_id = l.user_id
            and (select count(*) from locked) = 2
            and exists (select from locked o where o.user_id = ${from} and o.role = 'owner')
          returning m.*
        )
        select * from changed where user_id = ${to}`.execute(db.forTenant(tenantId))
      return rows[0] ? toMembership(rows[0]) : null
    },

    async listOfUser(userId) {
      const rows = await db
        .platform('memberships.listOfUser')
        .selectFrom('corbel_memberships')
        .selectAll()
        .where('user_id', '=', userId)
        .orderBy('tenant_id')
        .execute()
      return rows.map(toMembership)
    },

    async listSoleOwned(userId) {
      // Every owner of these tenants is locked, in one order, so that two of them who leave at the same time wait for each other.
      const { rows } = await sql<{ readonly tenant_id: Id<'ten'> }>`
        with owners as materialized (
          select tenant_id, user_id from corbel_memberships
          where role = 'owner' and tenant_id in (
            select tenant_id from corbel_memberships where user_id = ${userId} and role = 'owner')
          order by tenant_id, user_id for update
        )
        select tenant_id from owners group by tenant_id having count(*) = 1 and bool_or(user_id = ${userId})
        order by tenant_id`.execute(db.platform('memberships.listSoleOwned'))
      return rows.map(({ tenant_id }) => tenant_id)
    },

    async removeUser(userId) {
      const rows = await db
        .platform('memberships.removeUser')
        .deleteFrom('corbel_memberships')
        .where('user_id', '=', userId)
        .returning('tenant_id')
        .execute()
      return rows.map(({ tenant_id }) => tenant_id)
    },

    async listOfTenant(tenantId, { limit, after }) {
      const rows = await db
        .forTenant(tenantId)
        .selectFrom('corbel_memberships')
        .selectAll()
        .where('tenant_id', '=', tenantId)
        .$if(after !== null, (query) => query.where('user_id', '>', after as Row['user_id']))
        .orderBy('user_id')
        .limit(limit + 1)
        .execute()
      return rows.map(toMembership)
    },
  }
}

/**
 * The owners and the member in question, locked in one order, so that no two callers can deadlock. Whoever waited for a lock sees the
 * newest version of the row (EvalPlanQual, READ COMMITTED), so one who has just been demoted does not count.
 */
const locked = (tenantId: Id<'ten'>, userId: Id<'usr'>): RawBuilder<unknown> => sql`
  locked as materialized (
    select user_id, role from corbel_memberships
    where tenant_id = ${tenantId} and (role = 'owner' or user_id = ${userId}) order by user_id for update
  )`

// Counting makes every row be locked; an `exists` would stop at the first one.
const anotherOwns = (userId: Id<'usr'>): RawBuilder<unknown> => sql`
  (select count(*) filter (where role = 'owner' and user_id <> ${userId}) > 0
    or count(*) filter (where role = 'owner' and user_id = ${userId}) = 0 from locked)`

const toMembership = ({ tenant_id, user_id, role, role_id, scopes, created_at }: Row): Membership => ({
  tenantId: tenant_id,
  userId: user_id,
  role,
  ...(role_id !== null && scopes !== null && { customRole: { id: role_id, scopes } }),
  createdAt: created_at.toISOString(),
})
