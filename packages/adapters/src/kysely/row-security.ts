import { type Kysely, sql } from 'kysely'
import { hasRowScope } from '../row-scope.ts'
import type { Database, Db } from './database.ts'
import type { ScopedDb } from './scoped-db.ts'
import { tenantTables } from './tenant-tables.ts'

/** The policies do not bind the role that the statements run under. The message says why and how to fix it. */
export class RowSecurityError extends Error {
  override readonly name = 'RowSecurityError'
}

interface Standing {
  readonly role: string
  readonly superuser: boolean
  readonly bypasses: boolean
  /** Tables that are there and whose policies do not bind the role. */
  readonly open: readonly string[]
}

/**
 * Also the least that a database must do: answer one statement.
 *
 * @throws RowSecurityError when the role sees through the policies of a tenant's table.
 */
export async function checkRowSecurity(db: ScopedDb): Promise<void> {
  const { rows } = await sql<Standing>`
    select r.rolname as role, r.rolsuper as superuser, r.rolbypassrls as bypasses, array(
      select t.name from unnest(${Object.keys(tenantTables)}::text[]) as t (name)
      where to_regclass(t.name) is not null and not row_security_active(to_regclass(t.name)::oid)
    ) as open
    from pg_roles r where r.rolname = current_user`.execute(db)
  const [standing] = rows
  if (standing && standing.open.length > 0) throw new RowSecurityError(explain(standing))
}

function explain({ role, superuser, bypasses, open }: Standing): string {
  const what = `The database role "${role}" sees the rows of every tenant, because`
  if (superuser || bypasses) {
    return (
      `${what} it ${superuser ? 'is a superuser' : 'has BYPASSRLS'}. Connect as a plain role, which may own the tables: ` +
      `create role corbel login password '…' nosuperuser nobypassrls; alter database <database> owner to corbel; ` +
      `or, when the tables are there already: grant select, insert, update, delete on all tables in schema public to corbel;`
    )
  }
  const fix = open.map(
    (table) =>
      `alter table ${table} enable row level security; alter table ${table} force row level security;`,
  )
  return `${what} row-level security of ${open.join(', ')} does not bind it. As the owner of the tables: ${fix.join(' ')}`
}

/**
 * Makes the role under which scoped statements run, where the dialect needs one, and lets it use the tables. Part of every
 * migration, so that it may use new tables too.
 */
export async function grantScopedRole(tx: Db): Promise<void> {
  const { adapter } = tx.getExecutor()
  const role = hasRowScope(adapter) ? adapter.scopedRole : undefined
  if (role === undefined) return
  const { rows } = await sql<{
    readonly schema: string
    readonly exists: boolean
    readonly tables: string[]
  }>`
    select current_schema() as schema, exists (select from pg_roles where rolname = ${role}) as exists, array(
      select tablename::text from pg_tables
      where schemaname = current_schema() and tablename like 'corbel\\_%' and tablename <> 'corbel_migrations'
    ) as tables`.execute(tx)
  const { schema, exists, tables } = rows[0] ?? { schema: '', exists: true, tables: [] }
  if (tables.length === 0) return
  if (!exists) await sql`create role ${sql.id(role)} nologin`.execute(tx)
  await sql`grant usage on schema ${sql.id(schema)} to ${sql.id(role)}`.execute(tx)
  const names = sql.join(tables.map((table) => sql.table(table)))
  await sql`grant select, insert, update, delete on ${names} to ${sql.id(role)}`.execute(tx)
}

/** @throws TypeError when `db` was made by a dialect that cannot run a statement under a scope. */
export function requireRowScope(db: Kysely<Database>): void {
  if (hasRowScope(db.getExecutor().adapter)) return
  throw new TypeError(
    'kyselyStorage needs a Kysely made with postgresDialect of @corbel/adapters/postgres or pgliteDialect of ' +
      '@corbel/adapters/pglite: other dialects do not send the tenant along, and row-level security hides every row.',
  )
}
