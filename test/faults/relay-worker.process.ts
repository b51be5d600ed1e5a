import { setTimeout as delay } from 'node:timers/promises'
import { kyselyStorage } from '@corbel/adapters/kysely'
import { poolDeadlines, postgresDialect } from '@corbel/adapters/postgres'
import { createStack, defineModule, fromEnv } from '@corbel/core'
import { type Outbox, silentLogger } from '@corbel/core/ports'
import { Kysely, sql } from 'kysely'
import pg from 'pg'
import { ledgerEvent } from './ledger.fixture.ts'

// A relay in a process of its own, to be killed: `node relay-worker.process.ts <url> good|bad`.
const [, , connectionString = '', mode] = process.argv
const db = new Kysely<unknown>({
  dialect: postgresDialect({ pool: new pg.Pool({ connectionString, max: 8, ...poolDeadlines }) }),
})
const storage = kyselyStorage({ db })

// Long enough for a batch to be killed in its middle.
const longestMs = 100

const ledger = defineModule({
  name: 'ledger',
  services: () => ({}),
  handlers: () => [
    {
      type: ledgerEvent,
      async handle({ id }) {
        await delay(Math.random() * longestMs)
        if (mode === 'bad') await sql`insert into effects values (${id}, ${process.pid})`.execute(db)
        else
          await sql`
            with made as (insert into ledger values (${id}) on conflict do nothing returning event_id)
            insert into effects select event_id, ${process.pid}::integer from made`.execute(db)
      },
    },
  ],
})

/** The bad control: it acknowledges before the effect. */
const hasty = (outbox: Outbox): Outbox => ({
  ...outbox,
  async claim(options) {
    const entries = await outbox.claim(options)
    await outbox.settle(entries.map(({ id }) => id))
    return entries
  },
})

const stack = createStack({
  modules: [ledger],
  storage: mode === 'bad' ? { ...storage, outbox: hasty(storage.outbox) } : storage,
  logger: silentLogger,
  settings: fromEnv({}),
})
await stack.start()
process.stdout.write('0\n')
