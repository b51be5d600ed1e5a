import { applyMigrations, planMigrations } from '@corbel/adapters/kysely'
import { HostError } from './host-error.ts'
import type { DatabaseClient } from './stack.ts'

/**
 * Brings the schema up to date, or refuses to start when it is not and nobody allowed that. Returns how many were applied.
 *
 * @throws HostError when migrations are pending and `apply` is false.
 */
export async function prepareSchema({ db }: DatabaseClient, apply: boolean): Promise<number> {
  if (apply) return (await applyMigrations(db)).length
  const { pending } = await planMigrations(db)
  if (pending.length === 0) return 0
  throw new HostError(
    `The database lacks ${pending.length} migration(s): ${pending.map(({ name }) => name).join(', ')}. ` +
      'Look at them with "npm run migrate -- plan", apply them with "npm run migrate -- apply", ' +
      'or set AUTO_RUN_MIGRATIONS=true to have every start do it.',
  )
}
