import type { QuotaCounter, QuotaDecision, QuotaReservation, QuotaStore } from '@corbel/billing/ports'
import { type RawBuilder, sql } from 'kysely'
import type { TenantDb } from '../scoped-db.ts'
import { isUniqueViolation } from '../violations.ts'

type Decided = { readonly is_known: boolean; readonly is_made: boolean; readonly used: string | null }

/**
 * The row of the counter is the lock. It holds the sums, so that a reservation costs one statement however many there are; only one that
 * does not fit looks for expired ones first.
 */
export const kyselyQuotaStore = (db: TenantDb): QuotaStore => ({
  adapter: { name: 'kysely' },

  async reserve(reservation) {
    const first = await takeOnce(db, reservation)
    if (first.granted) return first
    await giveUpExpired(db, reservation)
    // Who waited for the counter was refused by what its snapshot showed of ids, and that was before the wait.
    return takeOnce(db, reservation)
  },

  async settle({ tenantId, id }, spent) {
    const { numAffectedRows = 0n } = await sql`
      with open as (
        select r.feature_key, r.period_start, r.held from corbel_billing_reservations r
        where r.tenant_id = ${tenantId} and r.id = ${id} and not r.ended for update
      ), ended as (
        update corbel_billing_reservations r set ended = true, held = 0 from open
        where r.tenant_id = ${tenantId} and r.id = ${id}
        returning open.feature_key, open.period_start, open.held
      )
      update corbel_billing_quotas q set reserved = q.reserved - e.held, spent = q.spent + ${spent}::bigint
      from ended e
      where q.tenant_id = ${tenantId} and q.feature_key = e.feature_key and q.period_start = e.period_start`.execute(
      db.forTenant(tenantId),
    )
    return numAffectedRows > 0n
  },

  async used(counter, now) {
    const { tenantId } = counter
    const { rows } = await sql<{ readonly used: string }>`
      select q.spent + coalesce((
        select sum(r.held) from corbel_billing_reservations r
        where ${isOf(counter, 'r')} and r.held > 0 and r.expires_at > ${now}::timestamptz), 0) as used
      from corbel_billing_quotas q where ${isOf(counter, 'q')}`.execute(db.forTenant(tenantId))
    return Number(rows[0]?.used ?? 0)
  },

  async purge(expiredBefore) {
    // What is forgotten must not stay reserved.
    await sql`
      with expired as (
        select tenant_id, id, feature_key, period_start, held from corbel_billing_reservations
        where held > 0 and expires_at < ${expiredBefore}::timestamptz for update skip locked
      ), given_up as (
        update corbel_billing_reservations r set held = 0 from expired e
        where r.tenant_id = e.tenant_id and r.id = e.id
        returning e.tenant_id, e.feature_key, e.period_start, e.held
      ), sums as (
        select tenant_id, feature_key, period_start, sum(held) as held from given_up
        group by tenant_id, feature_key, period_start
      )
      update corbel_billing_quotas q set reserved = q.reserved - s.held from sums s
      where q.tenant_id = s.tenant_id and q.feature_key = s.feature_key and q.period_start = s.period_start`.execute(
      db.platform('billingQuotas.purge'),
    )
    await db
      .platform('billingQuotas.purge')
      .deleteFrom('corbel_billing_reservations')
      .where('expires_at', '<', expiredBefore)
      .where('held', '=', '0')
      .execute()
  },

  check: async () => {},
})

/** Of two with the same id the later one finds it made by the other, and has taken nothing. */
async function takeOnce(db: TenantDb, reservation: QuotaReservation): Promise<QuotaDecision> {
  try {
    return await take(db, reservation)
  } catch (error) {
    if (!isUniqueViolation(error, 'corbel_billing_reservations_pkey')) throw error
    return take(db, reservation)
  }
}

async function take(
  db: TenantDb,
  { id, amount, limit, expiresAt, ...counter }: QuotaReservation,
): Promise<QuotaDecision> {
  const { tenantId, featureKey, periodStart } = counter
  const { rows } = await sql<Decided>`
    with known as (
      select id from corbel_billing_reservations where tenant_id = ${tenantId} and id = ${id}
    ), counted as (
      insert into corbel_billing_quotas as q (tenant_id, feature_key, period_start, reserved)
      select ${tenantId}::text, ${featureKey}::text, ${periodStart}::timestamptz, ${amount}::bigint
      where not exists (select from known) and ${amount}::bigint <= coalesce(${limit}::bigint, ${amount}::bigint)
      on conflict on constraint corbel_billing_quotas_pkey do update set reserved = q.reserved + excluded.reserved
      where q.spent + q.reserved + excluded.reserved <= coalesce(${limit}::bigint, q.spent + q.reserved + excluded.reserved)
      returning q.spent + q.reserved as used
    ), made as (
      insert into corbel_billing_reservations (tenant_id, id, feature_key, period_start, held, expires_at)
      select ${tenantId}::text, ${id}::text, ${featureKey}::text, ${periodStart}::timestamptz, ${amount}::bigint, ${expiresAt}::timestamptz
      from counted
      returning id
    )
    select exists (select from known) as is_known, exists (select from made) as is_made, coalesce(
      (select used from counted),
      (select q.spent + q.reserved from corbel_billing_quotas q where ${isOf(counter, 'q')})) as used`.execute(
    db.forTenant(tenantId),
  )
  const [row] = rows
  return { granted: row?.is_known === true || row?.is_made === true, used: Number(row?.used ?? 0) }
}

async function giveUpExpired(db: TenantDb, { now, ...counter }: QuotaReservation): Promise<void> {
  await sql`
    with expired as (
      select r.id, r.held from corbel_billing_reservations r
      where ${isOf(counter, 'r')} and r.held > 0 and r.expires_at <= ${now}::timestamptz
      order by r.id for update
    ), given_up as (
      update corbel_billing_reservations r set held = 0 from expired
      where r.tenant_id = ${counter.tenantId} and r.id = expired.id
      returning expired.held
    )
    update corbel_billing_quotas q set reserved = q.reserved - (select sum(held) from given_up)
    where ${isOf(counter, 'q')} and exists (select from given_up)`.execute(db.forTenant(counter.tenantId))
}

const isOf = ({ tenantId, featureKey, periodStart }: QuotaCounter, table: 'q' | 'r'): RawBuilder<unknown> =>
  sql`${sql.ref(`${table}.tenant_id`)} = ${tenantId} and ${sql.ref(`${table}.feature_key`)} = ${featureKey}
    and ${sql.ref(`${table}.period_start`)} = ${periodStart}::timestamptz`
