import pg from 'pg'
import { halves } from '../halves.ts'
import { keepRecordedEvents } from '../recorded-events.ts'

export interface Audit {
  readonly halves: readonly string[]
  readonly emails: ReadonlySet<string>
}

/** Has every event kept that is recorded from now on, so that {@link audit} finds it after its delivery. */
export async function keepEvents(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  for (const sql of keepRecordedEvents) await client.query(sql)
  await client.end()
}

/** Looks, as an administrator whom no policy binds, for what was half written, and at who is registered. */
export async function audit(connectionString: string): Promise<Audit> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    const found: string[] = []
    for (const [what, sql] of Object.entries(halves)) {
      const { rows } = await client.query<Record<string, string>>(sql)
      found.push(...rows.map((row) => `${what}: ${Object.values(row).join()}`))
    }
    const { rows } = await client.query<{ readonly email: string }>(
      'select email from corbel_users where not operator',
    )
    return { halves: found, emails: new Set(rows.map(({ email }) => email)) }
  } finally {
    await client.end()
  }
}

export const asAdmin = (url: string): string => url.replace('//corbel@', '//admin@')
