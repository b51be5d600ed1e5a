import { auth, type Tokens } from '@corbel/auth'
import { createStack, fromEnv } from '@corbel/core'
import { manualClock, memoryRateLimiter, type RateLimiter, silentLogger } from '@corbel/core/ports'
import { tenant } from '@corbel/core/tenant'
import { type Kysely, sql } from 'kysely'
import { expect, test } from 'vitest'
import { answerText } from '../answer-text.ts'
import { cheapHasher } from '../auth/cheap-hasher.fixture.ts'
import { peppers } from '../auth/support.fixture.ts'
import { withoutPredicates } from '../stack/without-predicates.fixture.ts'
import { backends, openStorage } from '../storages.ts'
import { expectFault } from './report.fixture.ts'
import { bodiesOf } from './sample-body.fixture.ts'

const password = 'correct horse battery staple'
const databases = (await backends()).filter((backend) => backend !== 'memory')
const limit = 240_000

/** Quotas would hide what is behind them. */
const generous: RateLimiter = {
  ...memoryRateLimiter(),
  take: async (_, { limit: most }) => ({
    allowed: true,
    limit: most,
    remaining: most,
    retryAfterMs: 0,
    resetAfterMs: 0,
  }),
}

interface Figures {
  readonly operations: number
  readonly requests: number
  readonly successes: number
  /** Requests for another tenant's id in the path that succeeded. */
  readonly pathsReached: number
  /** Successes that told something of another tenant. */
  readonly told: number
  /** Whether a row of the other tenant is another than before. */
  readonly changed: boolean
}

type Walls = 'both' | 'policies' | 'neither'

/** Eve asks everything that the contracts offer, with everything of Ada's wherever there is room for it. */
async function attack(backend: (typeof databases)[number], walls: Walls): Promise<Figures> {
  const opened = await openStorage(backend, { ...(walls !== 'both' && { rewrite: withoutPredicates }) })
  try {
    const db = opened.db as Kysely<unknown>
    const stack = createStack({
      modules: [tenant(), auth({ passwords: cheapHasher })],
      storage: opened.storage,
      rateLimiter: generous,
      logger: silentLogger,
      clock: manualClock(),
      settings: fromEnv(peppers),
    })
    const send = async (method: string, path: string, token: string | null, body?: unknown, headers = {}) => {
      const response = await stack.fetch(
        new Request(`http://127.0.0.1:3000${path}`, {
          method,
          headers: {
            ...(body !== undefined && { 'content-type': 'application/json' }),
            ...(token !== null && { authorization: `Bearer ${token}` }),
            ...headers,
          },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        }),
        { remoteAddress: '192.0.2.1' },
      )
      return { status: response.status, text: await answerText(response) }
    }
    const register = (name: string) =>
      send('POST', '/api/v1/auth/register', null, {
        email: `${name}@example.com`,
        password,
        tenantName: `Company of ${name}`,
        acceptTerms: true,
      })
    const signIn = async (name: string) => {
      const { text } = await send('POST', '/api/v1/auth/token', null, {
        email: `${name}@example.com`,
        password,
      })
      return (JSON.parse(text) as Tokens).accessToken
    }
    const [ada] = [await register('ada'), await register('eve')]
    const { tenant: company, user } = JSON.parse(ada.text) as {
      readonly tenant: { readonly id: string; readonly slug: string }
      readonly user: { readonly id: string }
    }
    const adasToken = await signIn('ada')

    const tables = await sql<{ readonly name: string }>`
      select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid
      where c.relkind = 'r' and a.attname = 'tenant_id' and c.relnamespace = current_schema()::regnamespace
        and c.relrowsecurity order by 1`.execute(db)
    /** Everything that is stored of Ada's tenant, whatever tables there are. */
    const stored = async (): Promise<readonly unknown[]> => {
      const own = await sql`select * from corbel_tenants where id = ${company.id}`.execute(db)
      const rest = await Promise.all(
        tables.rows.map(({ name }) =>
          sql`select * from ${sql.table(name)} t where tenant_id = ${company.id} order by t::text`.execute(
            db,
          ),
        ),
      )
      return [own, ...rest].flatMap(({ rows }) => rows)
    }
    // Ids look alike: a short name, an underscore, and what nobody can guess.
    const before = await stored()
    const ids = [...new Set(JSON.stringify(before).match(/\b[a-z]{2,6}_[\w-]{16,}\b/g) ?? [])]
    const secrets = [...new Set([...ids, user.id, company.slug, 'Company of ada', 'ada@example.com'])]
    const foreign = [...new Set([...ids, user.id, company.slug])]
    // What Eve never says herself: ids that she has put into her own rows are told to her again.
    const unspoken = ['Company of ada', 'ada@example.com']
    if (walls === 'neither') {
      const guarded = await sql<{ readonly name: string }>`
        select relname as name from pg_class
        where relrowsecurity and relnamespace = current_schema()::regnamespace`.execute(db)
      for (const { name } of guarded.rows)
        await sql`alter table ${sql.table(name)} disable row level security`.execute(db)
    }

    const counts = { requests: 0, successes: 0, pathsReached: 0, told: 0 }
    let token = await signIn('eve')
    const attempt = async (method: string, path: string, inPath: boolean, body?: unknown, headers = {}) => {
      const { status, text } = await send(method, path, token, body, { 'if-match': '"1"', ...headers })
      counts.requests++
      if (status < 200 || status > 299) return
      counts.successes++
      if (inPath) counts.pathsReached++
      if ((method === 'GET' ? secrets : unspoken).some((secret) => text.includes(secret))) counts.told++
    }
    const named = [
      {},
      { 'x-tenant-id': company.id, 'x-tenant': company.slug, 'x-user-id': user.id },
      { 'corbel-tenant': company.id },
    ]
    // Reads first, while nothing of Eve's holds an id of Ada's.
    const readsFirst = stack.operations.toSorted(
      (a, b) => Number(a.endpoint.method !== 'GET') - Number(b.endpoint.method !== 'GET'),
    )
    for (const { endpoint, path } of readsFirst) {
      const { method } = endpoint
      const hasId = path.includes('{')
      const paths = hasId ? foreign.map((id) => path.replaceAll(/\{\w+\}/g, encodeURIComponent(id))) : [path]
      const bodies = method === 'GET' ? [undefined] : [undefined, ...bodiesOf(endpoint, foreign)]
      const ghosts = { tenantId: company.id, tenant_id: company.id, userId: user.id }
      // A session of Eve's own may have been what the last operation ended.
      if ((await send('GET', '/api/v1/auth/me', token)).status !== 200) token = await signIn('eve')
      for (const concrete of paths) {
        for (const body of bodies) {
          for (const headers of named) await attempt(method, concrete, hasId, body, headers)
          if (body !== undefined) await attempt(method, concrete, hasId, { ...body, ...ghosts })
        }
        const cursors = foreign.map(
          (id) => `cursor=${encodeURIComponent(btoa(JSON.stringify([id])))}&limit=100`,
        )
        const queries = foreign.map((id) => `tenantId=${id}&tenant_id=${id}&userId=${id}&id=${id}`)
        for (const query of [...cursors, ...queries]) await attempt(method, `${concrete}?${query}`, hasId)
      }
    }
    const after = await stored()
    // Ada is still who she was, by what she can do too.
    const me = await send('GET', '/api/v1/auth/me', adasToken)
    return {
      operations: stack.operations.length,
      ...counts,
      changed: JSON.stringify(after) !== JSON.stringify(before) || me.status !== 200,
    }
  } finally {
    await opened.close()
  }
}

const demandsOf = ({ pathsReached, told, changed }: Figures) => ({
  'no id of another tenant is answered': pathsReached === 0,
  'nothing is told of another tenant': told === 0,
  'nothing of another tenant is changed': !changed,
})

test.each(databases)(
  'F26: on %s no operation reaches another tenant, by the policies alone neither',
  async (backend) => {
    const both = await attack(backend, 'both')
    const policies = await attack(backend, 'policies')
    const neither = await attack(backend, 'neither')
    // What answers nothing keeps everything to itself.
    expect(both.successes).toBeGreaterThan(both.operations)
    expectFault(
      'F26',
      {
        backend,
        operations: both.operations,
        requests: both.requests + policies.requests,
        successes: both.successes + policies.successes,
        reached: both.pathsReached + policies.pathsReached,
        told: both.told + policies.told,
        changed: both.changed || policies.changed,
        controlTold: neither.told,
        controlReached: neither.pathsReached,
        controlChanged: neither.changed,
      },
      {
        ...demandsOf(both),
        ...Object.fromEntries(
          Object.entries(demandsOf(policies)).map(([sentence, met]) => [
            `${sentence}, by the policies alone`,
            met,
          ]),
        ),
      },
      demandsOf(neither),
    )
  },
  limit,
)
