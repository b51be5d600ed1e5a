import type { DatabaseReport } from 'corbel'
import { type Kysely, sql } from 'kysely'

interface Row {
  readonly version: number
  readonly encoding: string
  readonly bypasses: boolean
  readonly read_only: boolean
  readonly tls: boolean | null
  readonly now: Date | string
  readonly used: number
  readonly most: number
}

/** One statement. @param isRemote - Whether there is a network between. */
export async function inspectDatabase(db: Kysely<unknown>, isRemote: boolean): Promise<DatabaseReport> {
  const { rows } = await sql<Row>`
    select current_setting('server_version_num')::int / 10000 as version,
      current_setting('server_encoding') as encoding,
      (select rolsuper or rolbypassrls from pg_roles where rolname = current_user) as bypasses,
      pg_is_in_recovery() or current_setting('default_transaction_read_only') = 'on' as read_only,
      (select ssl from pg_stat_ssl where pid = pg_backend_pid()) as tls,
      clock_timestamp() as now,
      (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as used,
      current_setting('max_connections')::int as most`.execute(db)
  const [row] = rows
  if (!row) throw new Error('The database answered a question of one row with none.')
  const { version, encoding, bypasses, read_only: readOnly, tls, now, used, most } = row
  return {
    version,
    encoding,
    readOnly,
    now: new Date(now),
    // The embedded database has one role, and this process alone.
    bypassesRowSecurity: isRemote && bypasses,
    tls: isRemote ? tls : null,
    connections: isRemote ? { used, most } : { used: 0, most: 1 },
  }
}
