import { applyMigrations, kyselyStorage } from '@corbel/adapters/kysely'
import { pgliteDialect } from '@corbel/adapters/pglite'
import { storageJobQueue } from '@corbel/core/ports'
import { PGlite } from '@electric-sql/pglite'
import { Kysely } from 'kysely'

export const thing = {
  name: 'test.thing.do',
  attempts: 3,
  retryMs: 1_000,
  longestRetryMs: 1_000,
  leaseMs: 1_000,
}

/** A queue in a data folder, as the embedded host has it. */
export async function openEmbedded(folder: string) {
  const client = await PGlite.create(folder)
  const db = new Kysely<unknown>({ dialect: pgliteDialect({ client }) })
  await applyMigrations(db)
  const storage = kyselyStorage({ db })
  return { client, storage, queue: storageJobQueue(storage) }
}
