import { newId } from '@corbel/core'
import pg from 'pg'
import { postgresUrl } from '../test/storages.ts'
import { cpuMicros } from './measure.ts'
import { cores, pin } from './processes.ts'

/** A schema of its own in the Postgres of the tests, which must run on this machine: its processes are measured. */
export class BenchDatabase {
  readonly #admin: pg.Client
  readonly #base: string
  readonly #cpu = new Map<number, { readonly subject: string; readonly micros: number }>()
  readonly schema = newId('corbel_bench')
  version = ''

  private constructor(base: string) {
    this.#base = base
    this.#admin = new pg.Client({ connectionString: base })
    this.#admin.on('error', () => {})
  }

  static async open(): Promise<BenchDatabase> {
    const base = await postgresUrl()
    if (base === null)
      throw new Error('Benchmarks need a Postgres on this machine: set CORBEL_TEST_DATABASE_URL.')
    const database = new BenchDatabase(base)
    await database.#admin.connect()
    await database.#admin.query(`create schema ${database.schema}`)
    const { rows } = await database.#admin.query<{ server_version: string }>('show server_version')
    database.version = rows[0]?.server_version.split(' ', 1)[0] ?? ''
    return database
  }

  /** A connection string whose backends can be told from all others. */
  url(subject: string): string {
    const url = new URL(this.#base)
    url.searchParams.set('application_name', this.#name(subject))
    url.searchParams.set('options', `-c search_path=${this.schema}`)
    return url.href
  }

  /** CPU so far of all backends of a subject, which are kept off its core. */
  async cpuMicros(subject: string): Promise<number> {
    const { rows } = await this.#admin.query<{ pid: number }>(
      'select pid from pg_stat_activity where application_name = $1',
      [this.#name(subject)],
    )
    for (const { pid } of rows) {
      pin(pid, cores.rest)
      this.#cpu.set(pid, { subject, micros: cpuMicros(pid) })
    }
    // A backend that has ended since still counts with what it was last seen to have used.
    const own = [...this.#cpu.values()].filter((backend) => backend.subject === subject)
    return own.reduce((sum, { micros }) => sum + micros, 0)
  }

  /** Copies tables with their rows and indexes, but without row-level security and foreign keys, as `raw_…`. */
  async copyWithoutPolicies(...tables: readonly string[]): Promise<void> {
    await this.#admin.query(`set search_path = ${this.schema}; set corbel.scope = 'platform'`)
    for (const table of tables) {
      await this.#admin.query(`drop table if exists raw_${table}`)
      await this.#admin.query(`create table raw_${table} (like ${table} including all)`)
      await this.#admin.query(`insert into raw_${table} select * from ${table}`)
    }
  }

  async close(): Promise<void> {
    await this.#admin.query(`drop schema ${this.schema} cascade`)
    await this.#admin.end()
  }

  #name(subject: string): string {
    // Postgres cuts it there.
    return `${this.schema}_${subject}`.slice(0, 63)
  }
}
