import type { Kysely, Transaction } from 'kysely'
import type { AgentsTables } from './agents/tables.ts'
import type { AuthTables } from './auth/tables.ts'
import type { BillingTables } from './billing/tables.ts'
import type { PlatformTables } from './platform/tables.ts'
import type { StatusTables } from './status/tables.ts'
import type { TenantTables } from './tenant/tables.ts'

/** Corbel's tables. They stand in whatever schema the connection's search path names, next to the host's own. */
export interface Database
  extends PlatformTables, TenantTables, AuthTables, BillingTables, AgentsTables, StatusTables {}

/** The root or a transaction. */
export type Db = Kysely<Database> | Transaction<Database>
