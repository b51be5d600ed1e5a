import { type Kysely, sql } from 'kysely'
import pg from 'pg'
import { keepRecordedEvents } from '../recorded-events.ts'

export const ledgerEvent = 'faults.entry.made'

/** What handlers do in this lab: `ledger` has an event once, `effects` each time that it took effect. */
export async function createLedger(db: Kysely<unknown>): Promise<void> {
  await sql`create table ledger (event_id text primary key)`.execute(db)
  await sql`create table effects (event_id text not null, worker integer not null)`.execute(db)
  for (const statement of keepRecordedEvents) await sql.raw(statement).execute(db)
}

export interface Verdict {
  readonly events: number
  readonly effects: number
  readonly lost: number
  readonly duplicated: number
  /** Effects of events that nobody recorded. */
  readonly unexpected: number
}

/** Compares what took effect with what was committed; `acknowledged` are the entries of transactions that were told to have succeeded. */
export async function judge(connectionString: string, acknowledged: ReadonlySet<number>): Promise<Verdict> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  const { rows } = await client.query<{ readonly n: number; readonly times: number }>(
    `select (o.payload ->> 'n')::integer as n, count(e.event_id)::integer as times
     from recorded_events o left join effects e on e.event_id = o.id group by o.id, o.payload`,
  )
  const { rows: strays } = await client.query(
    'select from effects where event_id not in (select id from recorded_events)',
  )
  await client.end()
  const recorded = new Set(rows.map(({ n }) => n))
  const vanished = [...acknowledged].filter((n) => !recorded.has(n)).length
  return {
    events: rows.length,
    effects: rows.reduce((sum, { times }) => sum + times, 0),
    lost: vanished + rows.filter(({ times }) => times === 0).length,
    duplicated: rows.filter(({ times }) => times > 1).length,
    unexpected: strays.length,
  }
}
