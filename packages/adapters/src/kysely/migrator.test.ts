import { readFileSync } from 'node:fs'
import { type Kysely, sql } from 'kysely'
import { afterEach, describe, expect, test } from 'vitest'
import { dumpSchema, schemaFile } from '../../../../scripts/schema-dump.ts'
import { backends, type OpenDatabase, openDatabase, openTimeout } from '../../../../test/storages.ts'
import type { Migration } from './migration.ts'
import { migrations } from './migrations.ts'
import { applyMigrations, planMigrations } from './migrator.ts'

const first: Migration = {
  name: 'a/0001-first',
  sql: 'create table first (id text);\ncreate index on first (id);\n',
}
const second: Migration = { name: 'a/0002-second', sql: "insert into first values ('a; b');\n" }
const broken: Migration = {
  name: 'b/0001-broken',
  sql: 'create table kept_by_nobody (id text);\nselect 1 / 0;\n',
}

const tablesOf = async (db: Kysely<unknown>) => {
  const { rows } = await sql<{ readonly name: string }>`
    select tablename as name from pg_tables where schemaname = current_schema() order by 1`.execute(db)
  return rows.map(({ name }) => name)
}

const databases = (await backends()).filter((backend) => backend !== 'memory')

describe.each(databases)('migrations on %s', (backend) => {
  const opened: OpenDatabase[] = []
  const open = async () => {
    const database = await openDatabase(backend)
    opened.push(database)
    return database.db
  }
  afterEach(async () => {
    for (const { close } of opened.splice(0)) await close()
  })

  test(
    'give the committed schema, and again nothing',
    async () => {
      const db = await open()
      const names = migrations.map(({ name }) => name)
      expect((await planMigrations(db)).pending).toEqual(migrations)
      expect(await tablesOf(db)).toEqual([])
      expect(await applyMigrations(db)).toEqual(names)
      expect(await dumpSchema(db)).toBe(readFileSync(schemaFile, 'utf8'))
      expect(await applyMigrations(db)).toEqual([])
      expect((await planMigrations(db)).pending).toEqual([])
      expect(await dumpSchema(db)).toBe(readFileSync(schemaFile, 'utf8'))
    },
    openTimeout,
  )

  test(
    'go on where an earlier version stopped, and refuse what does not fit',
    async () => {
      const db = await open()
      expect(await applyMigrations(db, { migrations: [first] })).toEqual([first.name])
      expect(await planMigrations(db, { migrations: [first, second] })).toEqual({
        applied: [first.name],
        pending: [second],
      })
      expect(await applyMigrations(db, { migrations: [first, second] })).toEqual([second.name])

      const changed = [{ ...first, sql: `${first.sql} ` }, second]
      await expect(planMigrations(db, { migrations: changed })).rejects.toThrow(
        'a/0001-first is not the text that was applied',
      )
      await expect(applyMigrations(db, { migrations: changed })).rejects.toThrow(
        'put a correction into a new migration',
      )
      await expect(applyMigrations(db, { migrations: [first] })).rejects.toThrow(
        'a newer version has migrated it',
      )
    },
    openTimeout,
  )

  test(
    'leave the database as it was when one of them fails',
    async () => {
      const db = await open()
      await applyMigrations(db, { migrations: [first] })
      const failed = applyMigrations(db, { migrations: [first, second, broken] })
      await expect(failed).rejects.toThrow(
        'Migration b/0001-broken failed, so none was applied: division by zero',
      )
      expect(await tablesOf(db)).toEqual(['corbel_migrations', 'first'])
      expect((await sql`select * from first`.execute(db)).rows).toEqual([])
      expect((await planMigrations(db, { migrations: [first, second] })).applied).toEqual([first.name])

      const empty = await open()
      await expect(applyMigrations(empty, { migrations: [broken] })).rejects.toThrow('division by zero')
      expect(await tablesOf(empty)).toEqual([])
    },
    openTimeout,
  )

  test(
    'are applied once by hosts that start at the same time',
    async () => {
      const db = await open()
      const results = await Promise.all(Array.from({ length: 8 }, () => applyMigrations(db)))
      expect(results.filter((names) => names.length > 0)).toEqual([migrations.map(({ name }) => name)])
    },
    openTimeout,
  )
})

test('migrations have unique names in the folder of their module, numbered upwards', () => {
  const numbers = new Map<string, number>()
  for (const { name } of migrations) {
    const [, module = '', number] = /^([a-z]+)\/(\d{4})-[a-z0-9-]+$/.exec(name) ?? []
    expect(Number(number), name).toBeGreaterThan(numbers.get(module) ?? 0)
    numbers.set(module, Number(number))
  }
})
