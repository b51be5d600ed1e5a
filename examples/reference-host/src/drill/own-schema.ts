import pg from 'pg'

export interface OwnSchema {
  /** What makes hosts work in it. */
  readonly settings: Readonly<Record<string, string>>
  close(): Promise<void>
}

/** An empty schema that several hosts share, beside whatever is in the database; it is dropped in the end. */
export async function openOwnSchema(
  databaseUrl: string | undefined,
  redisUrl: string | undefined,
): Promise<OwnSchema> {
  if (databaseUrl === undefined || redisUrl === undefined)
    throw new Error('Several replicas share a database and a Redis: set DATABASE_URL and REDIS_URL.')
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  const schema = `corbel_drill_${process.pid}`
  await client.query(`create schema ${schema}`)
  const url = new URL(databaseUrl)
  url.searchParams.set('options', `-c search_path=${schema}`)
  return {
    settings: { DATABASE_URL: url.href, REDIS_URL: redisUrl, AUTO_RUN_MIGRATIONS: 'true' },
    async close() {
      await client.query(`drop schema ${schema} cascade`)
      await client.end()
    },
  }
}
