import type { Id } from '@corbel/core/ports'
import type { ProbeRepository } from '@corbel/core/status/ports'
import { sql } from 'kysely'
import type { TenantDb } from '../scoped-db.ts'
import { isForeignKeyViolation } from '../violations.ts'

export const kyselyProbeRepository = ({ shared: db }: TenantDb): ProbeRepository => ({
  async list() {
    const rows = await db.selectFrom('corbel_status_probes').selectAll().execute()
    return rows.map(({ component_id, is_up, streak, checked_at, result }) => ({
      componentId: component_id,
      isUp: is_up,
      streak,
      checkedAt: checked_at,
      result,
    }))
  },

  async record({ componentId, isUp, streak, checkedAt, result }, outcome, before) {
    const failures = outcome.passed ? 0 : 1
    // One statement, so that a result, its state and its day are kept together or not at all.
    const recorded = sql`
      with probe as (
        insert into corbel_status_probes as p (component_id, is_up, streak, checked_at, result)
        select ${componentId}, ${isUp}, ${streak}::integer, ${checkedAt}::timestamptz, ${result}
        where ${before}::timestamptz is null
          or exists (select from corbel_status_probes where component_id = ${componentId})
        on conflict (component_id) do update
          set is_up = excluded.is_up, streak = excluded.streak, checked_at = excluded.checked_at, result = excluded.result
          where p.checked_at = ${before}::timestamptz
        returning component_id
      ), outcome as (
        insert into corbel_status_outcomes (component_id, checked_at, passed, latency_ms, result)
        select component_id, ${checkedAt}::timestamptz, ${outcome.passed}::boolean, ${outcome.latencyMs}::integer, ${outcome.result}
        from probe
      ), day as (
        insert into corbel_status_days as d (component_id, day, checks, failures)
        select component_id, (${checkedAt}::timestamptz at time zone 'UTC')::date, 1, ${failures}::integer from probe
        on conflict (component_id, day) do update
          set checks = d.checks + 1, failures = d.failures + excluded.failures
      )
      select component_id from probe`.execute(db)
    try {
      return (await recorded).rows.length > 0
    } catch (error) {
      // The component is gone.
      if (isForeignKeyViolation(error, 'corbel_status_probes_component_fkey')) return false
      throw error
    }
  },

  async listDays(since) {
    // One row for each component: 60 of them and 90 days are 5,400 rows, which cost the driver more than writing the page costs.
    const { rows } = await sql<{ id: Id<'cmp'>; days: readonly (readonly [string, number, number])[] }>`
      select component_id as id, json_agg(json_build_array(to_char(day, 'YYYY-MM-DD'), checks, failures) order by day) as days
      from corbel_status_days where day >= ${since}::date group by component_id order by component_id`.execute(
      db,
    )
    return rows.flatMap(({ id, days }) =>
      days.map(([day, checks, failures]) => ({ componentId: id, day, checks, failures })),
    )
  },

  async trim(before, day) {
    await db
      .deleteFrom('corbel_status_days')
      .where('day', '<', sql<string>`${day}::date`)
      .execute()
    const { numDeletedRows } = await db
      .deleteFrom('corbel_status_outcomes')
      .where('checked_at', '<', before)
      .executeTakeFirstOrThrow()
    return Number(numDeletedRows)
  },
})
