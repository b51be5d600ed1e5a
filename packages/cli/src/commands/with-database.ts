import type { DatabaseTools } from '../config.ts'
import type { Invocation } from '../run/cli-context.ts'
import { notOffered } from '../run/not-offered.ts'

/** Opens the database, lends it, and closes it. */
export async function withDatabase<T>(
  { config, settings }: Invocation,
  work: (database: DatabaseTools) => Promise<T>,
): Promise<T> {
  const { config: stack, path } = await config()
  if (!stack.database) throw notOffered(path, 'database')
  const database = await stack.database.open(await settings())
  try {
    return await work(database)
  } finally {
    await database.close()
  }
}
