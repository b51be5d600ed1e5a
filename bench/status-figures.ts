import { applyMigrations, kyselyStorage } from '@corbel/adapters/kysely'
import { postgresDialect } from '@corbel/adapters/postgres'
import { Kysely } from 'kysely'
import pg from 'pg'
import { quarter } from '../test/status/quarter.fixture.ts'
import type { BenchDatabase } from './database.ts'
import type { Figure } from './figure.ts'

const goalMs = 5
const pagesPerRound = 20

/**
 * P13: CPU time of the host for a status page of 60 components and 90 days that is read from Postgres and written anew, which happens
 * once in five seconds whatever the number of readers.
 */
export async function statusFigures(database: BenchDatabase, rounds: number): Promise<readonly Figure[]> {
  const db = new Kysely<unknown>({
    dialect: postgresDialect({ pool: new pg.Pool({ connectionString: database.url('status'), max: 4 }) }),
  })
  try {
    await applyMigrations(db)
    const isBad = (component: number, day: number) => (component + day) % 2 === 0
    const { clock, stack, html } = await quarter(isBad, (time) =>
      kyselyStorage({ db, clock: time, rowSecurity: 'ignore' }),
    )
    let cheapest = Number.POSITIVE_INFINITY
    // The first round warms up.
    for (let round = 0; round <= rounds; round++) {
      const before = process.cpuUsage()
      for (let page = 0; page < pagesPerRound; page++) {
        clock.advance('6s')
        await stack.status.page.page()
      }
      const { user, system } = process.cpuUsage(before)
      if (round > 0) cheapest = Math.min(cheapest, (user + system) / 1000 / pagesPerRound)
    }
    return [
      {
        id: 'P13',
        what: 'status page of 60 components and 90 days, read and written anew',
        limit: `${goalMs} ms`,
        goal: 1,
        unit: 'ms',
        raw: goalMs,
        ours: cheapest,
        facts: `${new TextEncoder().encode(html).length.toLocaleString('en-US')} bytes`,
      },
    ]
  } finally {
    await db.destroy()
  }
}
