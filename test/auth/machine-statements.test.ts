import { manualClock } from '@corbel/core/ports'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { backends, openStorage, type OpenStorage, openTimeout } from '../storages.ts'
import { account, basic, client, type CreatedClient, machineApp, send } from './machines.fixture.ts'
import type { Tokens } from '@corbel/auth'
import type { TestApp } from './support.fixture.ts'

const databases = (await backends()).filter((backend) => backend !== 'memory')

describe.each(databases)('machines on %s', (backend) => {
  const clock = manualClock()
  let database: OpenStorage
  let app: TestApp
  let owner: Tokens
  let robot: CreatedClient

  beforeAll(async () => {
    database = await openStorage(backend, { clock })
    app = await machineApp({ clock, storage: database.storage })
    owner = await app.member()
    robot = await client(app, owner.accessToken)
    await app.stack.auth.accessTokens.refreshRevocations()
  }, openTimeout)
  afterAll(() => database.close())

  async function statements<T>(work: () => Promise<T>): Promise<{ result: T; count: number }> {
    database.statements.reset()
    const result = await work()
    return { result, count: database.statements.count() }
  }

  const create = async (scopes: readonly string[]) => {
    const body = { name: 'laptop', scopes }
    const made = await app.call<{ key: string; id: string }>('POST', '/api/v1/auth/api-keys', {
      token: owner.accessToken,
      body,
    })
    return made.body
  }
  /** A use of a key that is noted is noted behind the answer. */
  const settled = (id: string) =>
    expect
      .poll(async () => {
        const { rows } =
          await sql`select 1 from corbel_api_keys where id = ${id} and last_used_at is not null`.execute(
            database.db as never,
          )
        return rows.length
      })
      .toBe(1)

  it('use an API key: one read beside what the endpoint reads, and no write for an hour', async () => {
    const { key, id } = await create(['tenant:read'])
    await account(app, key)
    await settled(id)
    const person = await statements(() => account(app, owner.accessToken))
    const machine = await statements(() => account(app, key))
    expect([machine.result.status, machine.count - person.count]).toEqual([200, 1])
  })

  it('present a malformed API key: none', async () => {
    const { key } = await create(['tenant:read'])
    for (const text of [
      // A letter that Crockford's alphabet has and that is another one than the last.
      `${key.slice(0, -1)}${key.endsWith('z') ? 'y' : 'z'}`,
      key.replace('local', 'staging'),
      'crb_',
      `crb_local_${'0'.repeat(85)}`,
    ]) {
      const { result, count } = await statements(() => account(app, text))
      expect([result.status, count], text).toEqual([401, 0])
    }
  })

  it('get an access token with a secret: one, and use it: none beside what the endpoint reads', async () => {
    const ask = () =>
      send(
        app,
        '/oauth/token',
        { grant_type: 'client_credentials' },
        basic(robot.id, robot.clientSecret ?? ''),
      )
    const asked = await statements(ask)
    expect([asked.result.status, asked.count]).toEqual([200, 1])
    const person = await statements(() => account(app, owner.accessToken))
    const machine = await statements(() => account(app, asked.result.body.access_token))
    expect([machine.result.status, machine.count]).toEqual([200, person.count])
  })

  it('lose with the role of their maker what it allowed, and with the membership everything', async () => {
    const { key } = await create(['tenant:manage', 'tenant:read'])
    const rename = () => app.call('PATCH', '/api/v1/tenants/account', { token: key, body: { name: 'New' } })
    const role = (name: string) =>
      sql`update corbel_memberships set role = ${name} where tenant_id = ${owner.tenantId}`.execute(
        database.db as never,
      )
    expect((await rename()).status).toBe(200)
    await role('viewer')
    expect([(await rename()).status, (await account(app, key)).status]).toEqual([403, 200])
    await sql`delete from corbel_memberships where tenant_id = ${owner.tenantId}`.execute(
      database.db as never,
    )
    expect((await account(app, key)).status).toBe(401)
  })
})
