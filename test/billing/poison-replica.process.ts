import { kyselyStorage } from '@corbel/adapters/kysely'
import { postgresDialect } from '@corbel/adapters/postgres'
import { Kysely } from 'kysely'
import pg from 'pg'
import { openBilling } from './billing.fixture.ts'
import { poisoned } from './poisoned.fixture.ts'

// A replica that applies what is due and is killed by what it reads: `node poison-replica.process.ts <database> <schema> <minutes since the beginning>`.
const [, , connectionString = '', schema = '', minutes = ''] = process.argv
const pool = new pg.Pool({ connectionString, max: 2, options: `-c search_path=${schema}` })
const { dispatch, clock } = await openBilling(
  { storage: kyselyStorage({ db: new Kysely<unknown>({ dialect: postgresDialect({ pool }) }) }) },
  {},
  poisoned(() => process.kill(process.pid, 'SIGKILL')),
)
clock.advance(`${Number(minutes)}m`)
await dispatch()
await pool.end()
