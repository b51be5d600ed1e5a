import type { Writable } from 'node:stream'
import { type Id, newId } from '@corbel/core/ports'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { postgresUrl } from '../../../../test/storages.ts'
import { platformScope, type RowScope, ScopedText, tenantScope } from '../row-scope.ts'
import { queryScoped, scopeStatement, type TenantQueryClient } from './tenant-query.ts'

const connectionString = await postgresUrl()
const rowsOfTenant = 10
const tenants = Array.from({ length: 8 }, (): Id<'ten'> => newId('ten'))
const scopes: readonly RowScope[] = [...tenants.map(tenantScope), platformScope]

// TenantQuery uses parts of `pg` that are not documented: what they must do is held fast here, on the real server.
describe.skipIf(connectionString === null)('TenantQuery', () => {
  const schema = newId('corbel_test')
  const opened: pg.Client[] = []
  let client: pg.Client & TenantQueryClient

  async function open(config: pg.ClientConfig = {}): Promise<pg.Client & TenantQueryClient> {
    const next = new pg.Client({
      connectionString: connectionString ?? '',
      options: `-c search_path=${schema}`,
      ...config,
    })
    next.on('error', () => {})
    await next.connect()
    opened.push(next)
    return next as pg.Client & TenantQueryClient
  }

  beforeAll(async () => {
    client = await open()
    await client.query(`
      create schema ${schema};
      create table things (tenant_id text, number integer, primary key (tenant_id, number));
      insert into things
        select tenant, number from unnest(array['${tenants.join("','")}']) as tenant, generate_series(1, ${rowsOfTenant}) as number;
      alter table things enable row level security;
      alter table things force row level security;
      create policy tenant on things using (
        tenant_id = nullif(current_setting('corbel.tenant_id', true), '') or current_setting('corbel.scope', true) = 'platform')`)
  })
  afterAll(async () => {
    await client.query(`drop schema ${schema} cascade`)
    for (const one of opened) await one.end()
  })

  const seen = 'select tenant_id from things'
  const ask = (scope: RowScope, text: string, values: readonly unknown[] = [], on = client, name?: string) =>
    queryScoped(on, new ScopedText(text, scope), values, { name })

  /** What the next statement on the connection sees that has no scope. */
  async function expectNoLeak(on: pg.Client = client): Promise<void> {
    const { rows } = await on.query(
      `select current_setting('corbel.tenant_id', true) as tenant, current_setting('corbel.scope', true) as scope,
        (select count(*)::integer from things) as rows`,
    )
    for (const setting of [rows[0].tenant, rows[0].scope]) expect(setting ?? '').toBe('')
    expect(rows[0].rows).toBe(0)
  }

  const countOf = async (on: pg.Client, message: string, work: () => Promise<unknown>): Promise<number> => {
    let count = 0
    const { connection } = on as unknown as { readonly connection: NodeJS.EventEmitter }
    const listener = () => void count++
    connection.on(message, listener)
    await work()
    connection.off(message, listener)
    return count
  }

  test('gives the rows, the fields and the count of the statement alone', async () => {
    const [one] = tenants as [Id<'ten'>]
    const read = await ask(
      tenantScope(one),
      `select tenant_id, number, now() as time from things where number = $1`,
      [3],
    )
    expect(read.rows).toEqual([{ tenant_id: one, number: 3, time: expect.any(Date) }])
    expect(read.fields.map(({ name }) => name)).toEqual(['tenant_id', 'number', 'time'])
    expect([read.command, read.rowCount]).toEqual(['SELECT', 1])
    const none = await ask(tenantScope(one), 'select from things where number = -1')
    expect([none.rows, none.rowCount]).toEqual([[], 0])
    const written = await ask(tenantScope(one), 'update things set number = number')
    expect([written.command, written.rowCount]).toEqual(['UPDATE', rowsOfTenant])
    expect((await ask(platformScope, seen)).rowCount).toBe(rowsOfTenant * tenants.length)
    await expectNoLeak()
  })

  test('is one round trip: the server is ready once', async () => {
    const ready = await countOf(client, 'readyForQuery', async () => {
      await ask(platformScope, 'select 1 / $1::integer', [0]).catch(() => {})
      await ask(platformScope, seen)
    })
    expect(ready).toBe(2)
  })

  test('asks once what the rows of a prepared statement are, and gives the fields each time', async () => {
    const [one] = tenants as [Id<'ten'>]
    const on = await open()
    const read = () => ask(tenantScope(one), 'select number from things where number = 3', [], on, 'number')
    expect(await countOf(on, 'rowDescription', read)).toBe(1)
    const later = [await read(), await read()]
    expect(later.map(({ rows, fields }) => [rows, fields.map(({ name }) => name)])).toEqual(
      later.map(() => [[{ number: 3 }], ['number']]),
    )
    expect(await countOf(on, 'rowDescription', read)).toBe(0)
    const unnamed = () => ask(tenantScope(one), 'select number from things', [], on)
    expect(await countOf(on, 'rowDescription', unnamed)).toBe(1)
  })

  test('finds the parsers of the columns of a prepared statement once', async () => {
    const on = await open()
    const { _types: types } = on as unknown as { readonly _types: { getTypeParser(id: number): unknown } }
    const looksUp = vi.spyOn(types, 'getTypeParser')
    const read = () => ask(platformScope, 'select number, tenant_id from things limit 1', [], on, 'parsed')
    const [first, ...others] = [await read(), await read(), await read()]
    expect(looksUp.mock.calls.length).toBe(2)
    expect(others.map(({ rows }) => rows)).toEqual([first.rows, first.rows])
  })

  test('is written together with all that is asked in the same turn', async () => {
    const piped = await open({ pipeline: true } as pg.ClientConfig)
    const { stream } = (piped as unknown as { readonly connection: { readonly stream: Writable } }).connection
    let writes = 0
    const write = stream._writev?.bind(stream)
    stream._writev = (chunks, done) => {
      writes++
      write?.(chunks, done)
    }
    await Promise.all(Array.from({ length: 32 }, () => ask(platformScope, 'select 1', [], piped)))
    expect(writes).toBe(1)
  })

  test('may not write a row of another tenant', async () => {
    const [one, other] = tenants as [Id<'ten'>, Id<'ten'>]
    const written = ask(tenantScope(one), 'insert into things values ($1, 99)', [other])
    await expect(written).rejects.toMatchObject({ code: '42501' })
    const moved = ask(tenantScope(one), 'update things set tenant_id = $1', [other])
    await expect(moved).rejects.toMatchObject({ code: '42501' })
    await expectNoLeak()
  })

  test('lasts to the end of an explicit transaction, and to a rollback', async () => {
    const [one, other] = tenants as [Id<'ten'>, Id<'ten'>]
    for (const end of ['commit', 'rollback']) {
      await client.query('begin')
      expect(new Set((await ask(tenantScope(one), seen)).rows.map((row) => row.tenant_id))).toEqual(
        new Set([one]),
      )
      expect(new Set((await ask(tenantScope(other), seen)).rows.map((row) => row.tenant_id))).toEqual(
        new Set([other]),
      )
      await client.query(end)
      await expectNoLeak()
    }
  })

  /** Statements that fail while they are parsed, bound, run or encoded, that give nothing, and that see every row they may. */
  const operations: readonly ((
    scope: RowScope,
    on: typeof client,
    name?: string,
  ) => Promise<pg.QueryResult>)[] = [
    (scope, on, name) => ask(scope, seen, [], on, name && `${name}_seen`),
    (scope, on, name) => ask(scope, `${seen} where number = $1`, [-1], on, name && `${name}_none`),
    (scope, on) => ask(scope, 'select from nothing_here', [], on),
    (scope, on) => ask(scope, 'select $1::integer', ['x'], on),
    (scope, on, name) =>
      ask(scope, 'select 1 / count(*) from things where number = $1', [-1], on, name && `${name}_zero`),
    (scope, on) =>
      ask(
        scope,
        'select $1::text',
        [
          {
            toPostgres: () => {
              throw new Error('on purpose')
            },
          },
        ],
        on,
      ),
    (scope, on) => ask(scope, '', [], on),
  ]

  async function mixed(on: typeof client, count: number, lanes: number, name?: string) {
    const wrong: unknown[] = []
    let [answers, failures] = [0, 0]
    let next = 0
    const lane = async () => {
      for (let at = next++; at < count; at = next++) {
        const scope = scopes[(at * 7) % scopes.length] as RowScope
        const operation = operations[(at * 5 + (at >> 3)) % operations.length] as (typeof operations)[0]
        try {
          const { rows } = await operation(scope, on, name)
          const found = new Set(rows.map((row) => row.tenant_id))
          const allowed = scope.tenant === '' ? tenants.length : 1
          if (
            rows.length > 0 &&
            (found.size !== allowed || (scope.tenant !== '' && !found.has(scope.tenant)))
          )
            wrong.push({ scope, found })
          answers++
        } catch {
          failures++
        }
        if (at % 10 === 0) {
          const { rowCount } = await on.query(seen)
          if (rowCount !== 0) wrong.push({ leaked: rowCount })
        }
      }
    }
    await Promise.all(Array.from({ length: lanes }, lane))
    return { wrong, answers, failures }
  }

  test('leaks nothing in 10,000 mixed statements with failures on one connection', async () => {
    const { wrong, answers, failures } = await mixed(client, 10_000, 1)
    expect(wrong).toEqual([])
    expect(answers).toBeGreaterThan(3000)
    expect(failures).toBeGreaterThan(3000)
    await expectNoLeak()
  })

  test('leaks nothing where statements are prepared and pipelined', async () => {
    const piped = await open({ pipeline: true } as pg.ClientConfig)
    await piped.query({ ...scopeStatement, values: ['', ''] })
    const { wrong, answers, failures } = await mixed(piped, 3000, 32, 'named')
    expect(wrong).toEqual([])
    expect(answers).toBeGreaterThan(1000)
    expect(failures).toBeGreaterThan(1000)
    await expectNoLeak(piped)
  })

  test('a check that cannot notice a leak is no check: settings of the session are found', async () => {
    const careless = await open()
    await careless.query("select set_config('corbel.scope', 'platform', false)")
    const { wrong } = await mixed(careless, 100, 1)
    expect(wrong).toContainEqual({ leaked: rowsOfTenant * tenants.length })
    await expect(expectNoLeak(careless)).rejects.toThrow('platform')
  })
})
