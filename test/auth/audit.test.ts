import { AuditEvent } from '@corbel/auth'
import { manualClock } from '@corbel/core/ports'
import { type Kysely, sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { backends, openStorage, type OpenStorage, openTimeout } from '../storages.ts'
import { password, type TestApp, testApp } from './support.fixture.ts'

interface Verdict {
  readonly intact: boolean
  readonly rows: number
  readonly head: { readonly seq: number; readonly hash: string }
  readonly fault: { readonly seq: number; readonly fault: string } | null
}

const databases = (await backends()).filter((backend) => backend !== 'memory')

/** Does something to the rows of a tenant as somebody would who has the database. */
type Tamper = (db: Kysely<unknown>, tenant: string) => Promise<unknown>

const tampers: Readonly<Record<string, readonly [fault: string, seq: number, tamper: Tamper]>> = {
  'a row whose content was edited': [
    'changed',
    2,
    (db, tenant) =>
      sql`update corbel_audit_events set content = replace(content, '"success"', '"failure"')
        where tenant_id = ${tenant} and seq = 2`.execute(db),
  ],
  'a row whose content and hash were edited': [
    'changed',
    3,
    (db, tenant) =>
      sql`with before as (select hash from corbel_audit_events where tenant_id = ${tenant} and seq = 1)
        update corbel_audit_events e set content = replace(content, '"success"', '"failure"'),
          hash = corbel_audit_hash(before.hash, 2, replace(content, '"success"', '"failure"'), personal_digest)
        from before where tenant_id = ${tenant} and seq = 2`.execute(db),
  ],
  'a row whose address was edited': [
    'personal-changed',
    3,
    (db, tenant) =>
      sql`update corbel_audit_events set personal = replace(personal, '192.0.2', '198.51.100')
        where tenant_id = ${tenant} and seq = 3`.execute(db),
  ],
  'a row whose address was taken away although nobody was erased': [
    'personal-missing',
    3,
    (db, tenant) =>
      sql`update corbel_audit_events set personal = null where tenant_id = ${tenant} and seq = 3`.execute(db),
  ],
  'a row that was removed': [
    'missing',
    2,
    (db, tenant) => sql`delete from corbel_audit_events where tenant_id = ${tenant} and seq = 2`.execute(db),
  ],
  'the first row, removed': [
    'missing',
    1,
    (db, tenant) => sql`delete from corbel_audit_events where tenant_id = ${tenant} and seq = 1`.execute(db),
  ],
  'the first row, removed as retention would': [
    'unattested-start',
    2,
    (db, tenant) =>
      sql`with gone as (delete from corbel_audit_events where tenant_id = ${tenant} and seq = 1 returning hash)
        update corbel_audit_chains set base_seq = 1, base_hash = gone.hash from gone where tenant_id = ${tenant}`.execute(
        db,
      ),
  ],
  'rows whose places were exchanged': [
    'changed',
    2,
    (db, tenant) =>
      sql`update corbel_audit_events e set content = o.content, personal = o.personal, personal_digest = o.personal_digest
        from corbel_audit_events o where e.tenant_id = ${tenant} and o.tenant_id = ${tenant}
          and e.seq in (2, 3) and o.seq = 5 - e.seq`.execute(db),
  ],
  'a row that was written without its chain': [
    'added',
    6,
    (db, tenant) =>
      sql`insert into corbel_audit_events (tenant_id, seq, hash, content, personal, personal_digest)
        select tenant_id, 6, corbel_audit_hash(hash, 6, content, personal_digest), content, personal, personal_digest
        from corbel_audit_events where tenant_id = ${tenant} and seq = 5`.execute(db),
  ],
  'newest rows that were cut off': [
    'cut-off',
    5,
    (db, tenant) => sql`delete from corbel_audit_events where tenant_id = ${tenant} and seq >= 5`.execute(db),
  ],
  'a head that was set back with its rows': [
    'cut-off',
    5,
    (db, tenant) =>
      sql`with gone as (delete from corbel_audit_events where tenant_id = ${tenant} and seq = 5)
        update corbel_audit_chains c set head_seq = 4, head_hash = e.hash
        from corbel_audit_events e where c.tenant_id = ${tenant} and e.tenant_id = ${tenant} and e.seq = 4`.execute(
        db,
      ),
  ],
}

describe.each(databases)('the audit trail on %s', (backend) => {
  const clock = manualClock()
  let database: OpenStorage
  let app: TestApp
  const db = () => database.db as Kysely<unknown>

  beforeAll(async () => {
    database = await openStorage(backend, { clock })
  }, openTimeout)
  afterAll(() => database.close())
  beforeEach(async () => {
    await database.clear()
    app = await testApp({ clock, storage: database.storage })
  })

  const verify = async (token: string, body: object = {}): Promise<Verdict> =>
    (await app.call<Verdict>('POST', '/api/v1/audit/verify', { token, body })).body
  const list = async (token: string, query = ''): Promise<readonly AuditEvent[]> =>
    (await app.call<{ data: AuditEvent[] }>('GET', `/api/v1/audit/events${query}`, { token })).body.data

  /** Five rows: the tenant, the account, a session, its new name, another session. */
  async function five() {
    const { accessToken: token, tenantId } = await app.member()
    const renamed = await app.call('PATCH', '/api/v1/tenants/account', { token, body: { name: 'Acme 2' } })
    expect(renamed.status).toBe(200)
    await app.signIn('ada@example.com')
    return { token, tenantId }
  }

  it('says who did what, from where, in which request', async () => {
    const { token } = await five()
    const events = await list(token)
    expect(events.map(({ type }) => type)).toEqual([
      'auth.session.opened',
      'tenant.account.renamed',
      'auth.session.opened',
      'auth.user.registered',
      'tenant.account.created',
    ])
    for (const event of events) {
      expect(AuditEvent.parse(event)).toEqual(event)
      expect(event).toMatchObject({ outcome: 'success', client: { ipPrefix: '192.0.2.0/24' } })
      expect(event.actorId).toMatch(/^usr_/)
      expect(event.requestId).toMatch(/^req_/)
    }
    expect(await verify(token)).toMatchObject({ intact: true, rows: 5, fault: null, head: { seq: 5 } })
  })

  it.each(Object.entries(tampers))('shows %s', async (_, [fault, seq, tamper]) => {
    const { token, tenantId } = await five()
    const { head } = await verify(token)
    await tamper(db(), tenantId)
    const verdict = await verify(token, { head })
    expect(verdict).toMatchObject({ intact: false, fault: { fault, seq } })
  })

  it('shows a chain that was calculated again, to whoever has kept an earlier head', async () => {
    const { token, tenantId } = await five()
    const { head } = await verify(token)
    await sql`create temp table kept as select content, personal from corbel_audit_events
      where tenant_id = ${tenantId} order by seq`.execute(db())
    await sql`delete from corbel_audit_events where tenant_id = ${tenantId}`.execute(db())
    await sql`delete from corbel_audit_chains where tenant_id = ${tenantId}`.execute(db())
    await sql`select corbel_audit_append(${tenantId}, replace(content, 'renamed', 'nothing'), personal) from kept`.execute(
      db(),
    )
    await sql`drop table kept`.execute(db())
    expect(await verify(token)).toMatchObject({ intact: true })
    expect(await verify(token, { head })).toMatchObject({
      intact: false,
      fault: { fault: 'changed', seq: 5 },
    })
  })

  it('has failures and denials, within a quota', async () => {
    const { accessToken: token } = await app.member()
    for (let attempt = 0; attempt < 3; attempt++)
      expect((await app.signIn('ada@example.com', { password: 'wrong' })).status).toBe(401)
    const failures = await list(token, '?outcome=failure')
    expect(failures).toHaveLength(3)
    expect(failures[0]).toMatchObject({
      type: 'auth.sign_in.refused',
      actorId: null,
      client: { ipPrefix: '192.0.2.0/24' },
      data: { reason: 'invalid_credentials' },
    })
    const denied = await app.call('GET', '/api/v1/audit/events', {
      token,
      headers: { 'x-tenant-id': 'ten_x' },
    })
    expect(denied.status).toBe(403)
    const [denial] = await list(token, '?outcome=denied')
    expect(denial).toMatchObject({ type: 'auth.access.denied', data: { code: 'http/tenant-mismatch' } })
    for (let attempt = 0; attempt < 50; attempt++) await app.refresh('made-up')
    const { rows } = await sql<{ count: string }>`
      select count(*) from corbel_audit_events where tenant_id = '' and type = 'auth.refresh.refused'`.execute(
      db(),
    )
    // 30 of one network: 3 were failed sign-ins.
    expect(Number(rows[0]?.count)).toBe(27)
  })

  it('is exported whole, in its order, as one object for each line', async () => {
    const { token } = await five()
    const response = await app.stack.fetch(
      new Request('https://app.example.com/api/v1/audit/export', {
        headers: { authorization: `Bearer ${token}` },
      }),
      { remoteAddress: '192.0.2.1' },
    )
    expect(response.headers.get('content-type')).toBe('application/x-ndjson')
    const lines = (await response.text()).trimEnd().split('\n')
    expect(lines.map((line) => (JSON.parse(line) as { seq: number }).seq)).toEqual([1, 2, 3, 4, 5])
    const { head } = await verify(token)
    expect(JSON.parse(lines[4] ?? '')).toMatchObject({ hash: head.hash })
  })

  it('is read page by page, with filters that compose, and refuses a made-up cursor', async () => {
    const { token } = await five()
    const first = await app.call<{ data: AuditEvent[]; nextCursor: string }>(
      'GET',
      '/api/v1/audit/events?limit=1&type=auth.session.opened',
      { token },
    )
    expect(first.body.data.map(({ seq }) => seq)).toEqual([5])
    const second = await list(token, `?limit=1&type=auth.session.opened&cursor=${first.body.nextCursor}`)
    expect(second.map(({ seq }) => seq)).toEqual([3])
    const cursor = btoa('1:ten_a').replaceAll('=', '')
    const made = await app.call<{ code: string }>('GET', `/api/v1/audit/events?cursor=${cursor}`, { token })
    expect([made.status, made.body.code]).toEqual([400, 'page/invalid-cursor'])
  })

  it('shows nothing of another tenant, nothing of the platform to who is no operator, and nothing to a viewer', async () => {
    await five()
    const eve = await app.member('eve@example.com')
    expect((await list(eve.accessToken)).map(({ data }) => JSON.stringify(data)).join()).not.toContain(
      'Acme 2',
    )
    const platform = await app.call('GET', '/api/v1/audit/events?trail=platform', { token: eve.accessToken })
    expect(platform.status).toBe(403)
    await sql`update corbel_memberships set role = 'viewer'`.execute(db())
    const { body } = await app.signIn('eve@example.com')
    const refused = await app.call('GET', '/api/v1/audit/events', { token: body.accessToken })
    expect(refused.status).toBe(403)
  })

  it('forgets a person and stays verifiable; old rows go and leave a start that is attested', async () => {
    const { token } = await five()
    const [newest] = await list(token)
    expect(await app.stack.auth.audit.erase(newest?.actorId ?? '')).toBe(5)
    const rows = await list(token)
    expect(rows.map(({ client }) => client)).toEqual(Array.from({ length: 6 }, () => null))
    expect(await verify(token)).toMatchObject({ intact: true, rows: 6 })
    const text = await sql<{ found: string }>`
      select count(*) as found from corbel_audit_events e where e::text like '%192.0.2%'`.execute(db())
    expect(Number(text.rows[0]?.found)).toBe(0)
    clock.advance('401d')
    expect(await app.stack.auth.audit.purge()).toBe(6)
    const { accessToken } = (await app.signIn('ada@example.com')).body
    expect(await verify(accessToken)).toMatchObject({ intact: true, rows: 2, head: { seq: 8 } })
  })

  it('holds no secret', async () => {
    const { accessToken, refreshToken } = await app.member()
    await app.refresh(refreshToken)
    await app.signIn('ada@example.com', { password: 'a wrong password' })
    await app.call('POST', '/api/v1/auth/logout', { body: { refreshToken } })
    const { rows } = await sql<{ line: string }>`
      select e::text as line from corbel_audit_events e`.execute(db())
    const dump = rows.map(({ line }) => line).join('\n')
    for (const secret of [password, 'a wrong password', accessToken, refreshToken, 'ada@example.com'])
      expect(dump).not.toContain(secret)
  })
})
