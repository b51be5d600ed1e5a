import type { Id } from '@corbel/core/ports'
import type { CompiledQuery, DialectAdapter, Driver } from 'kysely'

/**
 * Whose rows a statement may touch, as the values of the two settings that the policies of the tables read.
 * Postgres refuses what is outside, whatever the statement says.
 */
export interface RowScope {
  /** `corbel.tenant_id` */
  readonly tenant: Id<'ten'> | ''
  /** `corbel.scope` */
  readonly scope: 'platform' | ''
}

/** Only tables that belong to no tenant. */
export const sharedScope: RowScope = { tenant: '', scope: '' }

/** The rows of every tenant. */
export const platformScope: RowScope = { tenant: '', scope: 'platform' }

export const tenantScope = (tenant: Id<'ten'>): RowScope => ({ tenant, scope: '' })

/** A statement that a dialect must run under a scope. */
export interface ScopedQuery extends CompiledQuery {
  readonly rowScope: RowScope
}

/** What an adapter of kysely says of a dialect that runs each {@link ScopedQuery} under its scope. */
export interface RowScopeAdapter extends DialectAdapter {
  readonly hasRowScope: true
  /** Role under which scoped statements run, where the connection's own one would see through the policies. */
  readonly scopedRole?: string
}

export const hasRowScope = (adapter: DialectAdapter): adapter is RowScopeAdapter =>
  'hasRowScope' in adapter && adapter.hasRowScope === true

/** The text of a statement on its way through kysely's driver to the client, which must be one of ours. */
export class ScopedText {
  readonly text: string
  readonly scope: RowScope

  constructor(text: string, scope: RowScope) {
    this.text = text
    this.scope = scope
  }
}

/** Makes a driver of kysely hand the scope of a statement to its client: as {@link ScopedText} in the place of the text. */
export function scopedDriver<D extends Driver>(driver: D): D {
  const patched = new WeakSet()
  const acquire = driver.acquireConnection.bind(driver)
  driver.acquireConnection = async (options) => {
    const connection = await acquire(options)
    if (patched.has(connection)) return connection
    patched.add(connection)
    const execute = connection.executeQuery.bind(connection)
    connection.executeQuery = (query, limits) => execute(withScopedText(query), limits)
    return connection
  }
  return driver
}

// kysely's drivers pass the text on as it is, so what is declared as a string may be what the client takes instead.
const withScopedText = (query: CompiledQuery & Partial<ScopedQuery>): CompiledQuery =>
  query.rowScope ? { ...query, sql: new ScopedText(query.sql, query.rowScope) as never } : query
