import type { Severity, StoredSubscription, SubscriptionRepository } from '@corbel/core/status/ports'
import { type Selectable, sql } from 'kysely'
import type { TenantDb } from '../scoped-db.ts'
import type { StatusTables } from './tables.ts'

const table = 'corbel_status_subscriptions'

export const kyselySubscriptionRepository = ({ shared: db }: TenantDb): SubscriptionRepository => ({
  async request(subscription) {
    const row = await db
      .insertInto(table)
      .values(columnsOf(subscription))
      .onConflict((conflict) =>
        conflict.constraint('corbel_status_subscriptions_target_key').doUpdateSet({
          severity: ifPending('severity'),
          maintenance: ifPending('maintenance'),
          expires_at: ifPending('expires_at'),
          generation: sql`${sql.ref(table)}.generation + case when ${sql.ref(table)}.state = 'pending' then 1 else 0 end`,
        }),
      )
      .returningAll()
      .executeTakeFirstOrThrow()
    return toSubscription(row)
  },

  async find(id) {
    const row = await db.selectFrom(table).selectAll().where('id', '=', id).executeTakeFirst()
    return row ? toSubscription(row) : null
  },

  async findByTarget(digest) {
    const row = await db.selectFrom(table).selectAll().where('target_digest', '=', digest).executeTakeFirst()
    return row ? toSubscription(row) : null
  },

  async list({ limit, after }) {
    const rows = await db
      .selectFrom(table)
      .selectAll()
      .$if(after !== null, (query) => query.where('id', '<', after as StoredSubscription['id']))
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute()
    return rows.map(toSubscription)
  },

  async listWanting(channel, topic) {
    const rows = await db
      .selectFrom(table)
      .select('id')
      .where('state', '=', 'active')
      .where('channel', '=', channel)
      .where((eb) =>
        topic === 'maintenance' ? eb('maintenance', '=', true) : eb('severity', 'in', [...asked[topic]]),
      )
      .execute()
    return rows.map(({ id }) => id)
  },

  async confirm(id, { generation, secret, now }) {
    const { numUpdatedRows } = await db
      .updateTable(table)
      .set({ state: 'active', secret, expires_at: null })
      .where('id', '=', id)
      .where('state', '=', 'pending')
      .where('generation', '=', generation)
      .where('expires_at', '>', now)
      .executeTakeFirstOrThrow()
    return numUpdatedRows > 0n
  },

  async remove(id) {
    const { numDeletedRows } = await db.deleteFrom(table).where('id', '=', id).executeTakeFirstOrThrow()
    return numDeletedRows > 0n
  },

  async purge(now) {
    const { numDeletedRows } = await db
      .deleteFrom(table)
      .where('state', '=', 'pending')
      .where('expires_at', '<=', now)
      .executeTakeFirstOrThrow()
    return Number(numDeletedRows)
  },
})

/** Which wishes an incident of a severity satisfies. */
const asked: Readonly<Record<Severity, readonly Severity[]>> = {
  minor: ['minor'],
  major: ['minor', 'major'],
  critical: ['minor', 'major', 'critical'],
}

const ifPending = <Column extends 'severity' | 'maintenance' | 'expires_at'>(column: Column) =>
  sql<StatusTables[typeof table][Column]>`case when ${sql.ref(table)}.state = 'pending'
    then excluded.${sql.ref(column)} else ${sql.ref(table)}.${sql.ref(column)} end`

const columnsOf = (subscription: StoredSubscription) => ({
  id: subscription.id,
  channel: subscription.channel,
  target_digest: subscription.targetDigest,
  target: subscription.target,
  secret: subscription.secret,
  severity: subscription.severity,
  maintenance: subscription.maintenance,
  state: subscription.state,
  generation: subscription.generation,
  expires_at: subscription.expiresAt,
  created_at: subscription.createdAt,
})

const toSubscription = (row: Selectable<StatusTables[typeof table]>): StoredSubscription => ({
  id: row.id,
  channel: row.channel,
  targetDigest: row.target_digest,
  target: row.target,
  secret: row.secret,
  severity: row.severity,
  maintenance: row.maintenance,
  state: row.state,
  generation: row.generation,
  expiresAt: row.expires_at,
  createdAt: row.created_at,
})
