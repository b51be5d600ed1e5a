import { applyMigrations, kyselyStorage } from '@corbel/adapters/kysely'
import { postgresDialect } from '@corbel/adapters/postgres'
import { type Id, newId } from '@corbel/core'
import { Kysely } from 'kysely'
import pg from 'pg'
import type { BenchDatabase } from './database.ts'
import type { Figure } from './figure.ts'

const messages = 200_000
const perConversation = 200
const goalMs = 30

/** From a word of one message to one of every tenth, alone, together, in a row, and one that nobody said. */
const queries = [
  'rare123457',
  'tenth',
  'half',
  'tenth half',
  'uncommon777 tenth',
  '"half tenth"',
  'uncommon5 or uncommon6',
  'tenth -half',
  'nowhere',
  '"tenth nowhere"',
]

/**
 * P11: search over the messages of a tenant, newest first, by one of its hundred users. P12: the same when all of them are of one user,
 * where a word that is rare is looked for in all of them: row-level security keeps `@@`, which is not leakproof, out of the index.
 */
export async function searchFigures(database: BenchDatabase, rounds: number): Promise<readonly Figure[]> {
  return [
    await searchFigure(database, rounds, { id: 'P11', users: 100 }),
    await searchFigure(database, rounds, { id: 'P12', users: 1 }),
  ]
}

async function searchFigure(
  database: BenchDatabase,
  rounds: number,
  { id, users }: { readonly id: string; readonly users: number },
): Promise<Figure> {
  const db = new Kysely<unknown>({
    dialect: postgresDialect({ pool: new pg.Pool({ connectionString: database.url('search'), max: 2 }) }),
  })
  try {
    await applyMigrations(db)
    const { tenant, agents } = kyselyStorage({ db, rowSecurity: 'ignore' }).repositories
    const reader = { tenantId: newId('ten'), userId: newId('usr') }
    await tenant.tenants.insert({
      id: reader.tenantId,
      slug: reader.tenantId,
      name: 'Acme',
      createdAt: '2026-03-01T12:00:00.000Z',
    })
    await seed(database, reader, users)
    const times: number[] = []
    const slowest = new Map<string, number>()
    for (let round = 0; round <= rounds; round++) {
      for (const query of queries) {
        const begin = performance.now()
        await agents.conversationSearch.find(reader, query, { limit: 20, after: null })
        const taken = performance.now() - begin
        // The first round warms the caches.
        if (round > 0) times.push(taken)
        if (round > 0) slowest.set(query, Math.max(slowest.get(query) ?? 0, taken))
      }
    }
    const sorted = times.toSorted((a, b) => a - b)
    return {
      id,
      what: `search over ${messages.toLocaleString('en-US')} messages of a tenant with users: ${users}; p95`,
      limit: `${goalMs} ms`,
      goal: 1,
      unit: 'ms',
      raw: goalMs,
      ours: sorted[Math.ceil(sorted.length * 0.95) - 1] ?? null,
      facts: [...slowest].map(([query, ms]) => `${query}: ${ms.toFixed(1)} ms at most`).join('; '),
    }
  } finally {
    await db.destroy()
  }
}

async function seed(
  database: BenchDatabase,
  { tenantId, userId }: { readonly tenantId: Id<'ten'>; readonly userId: Id<'usr'> },
  users: number,
): Promise<void> {
  const client = new pg.Client({ connectionString: database.url('seed') })
  await client.connect()
  try {
    await client.query(`set corbel.scope = 'platform'`)
    await client.query(
      `insert into corbel_conversations (tenant_id, id, user_id, title, title_terms, shared, memory, last_seq, created_at, updated_at)
       select $1, 'cnv_' || lpad(n::text, 26, '0'), $2::text || case n % $5::integer when 0 then '' else (n % $5::integer)::text end, 'Conversation ' || n,
         to_tsvector('simple', 'conversation ' || n) || array_to_tsvector(array[$1, $2::text || case n % $5::integer when 0 then '' else (n % $5::integer)::text end]), false,
         '{"mode":"agent","crossSession":false}', $3::integer, now(), now() - n * interval '1 minute'
       from generate_series(0, $4::integer - 1) n`,
      [tenantId, userId, perConversation, messages / perConversation, users],
    )
    await client.query(
      `insert into corbel_conversation_items
         (tenant_id, conversation_id, seq, id, user_id, role, content, terms, created_at)
       select $1, 'cnv_' || lpad((n / $3::integer)::text, 26, '0'), n % $3::integer + 1, 'itm_' || lpad(n::text, 26, '0'), $2::text || case n / $3::integer % $5::integer when 0 then '' else (n / $3::integer % $5::integer)::text end,
         case n % 2 when 0 then 'user' else 'assistant' end,
         json_build_object('type', 'message', 'role', case n % 2 when 0 then 'user' else 'assistant' end, 'content', said),
         to_tsvector('simple', said) || array_to_tsvector(array[$1, $2::text || case n / $3::integer % $5::integer when 0 then '' else (n / $3::integer % $5::integer)::text end]), now() - n * interval '1 second'
       from (
         select n, concat_ws(' ', 'rare' || n, 'uncommon' || n % 1000, case when n % 2 = 0 then 'half' end,
           case when n % 10 = 0 then 'tenth' end,
           (select string_agg('word' || ((n * 31 + k * k * 17) % (50 * k)), ' ') from generate_series(1, 30) k)) as said
         from generate_series(0, $4::integer - 1) n
       ) drawn`,
      [tenantId, userId, perConversation, messages, users],
    )
    await client.query('analyze corbel_conversations, corbel_conversation_items, corbel_searchable_items')
  } finally {
    await client.end()
  }
}
