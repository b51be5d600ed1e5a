import { applyMigrations, kyselyStorage } from '@corbel/adapters/kysely'
import { postgresDialect } from '@corbel/adapters/postgres'
import { agents, defineAgent } from '@corbel/agents'
import type { Models, Quota } from '@corbel/agents/ports'
import { auth } from '@corbel/auth'
import { createStack, fromEnv, type Id, newId } from '@corbel/core'
import {
  localKeyVault,
  memoryEventStream,
  memoryKeyStore,
  memoryMailer,
  silentLogger,
} from '@corbel/core/ports'
import { tenant } from '@corbel/core/tenant'
import { Kysely, type LogEvent } from 'kysely'
import pg from 'pg'
import { cheapHasher } from '../test/auth/cheap-hasher.fixture.ts'
import { peppers } from '../test/auth/support.fixture.ts'
import { signIn } from './host-stack.ts'
import { serveWorker } from './processes.ts'
import { deltas, question, timed, type Turns } from './scripted-answer.ts'

const [connectionString = ''] = process.argv.slice(2)
let statements = 0
const db = new Kysely<unknown>({
  dialect: postgresDialect({ pool: new pg.Pool({ connectionString, max: 10 }), pipelined: true }),
  log: (_event: LogEvent) => void statements++,
})
await applyMigrations(db)
const storage = kyselyStorage({ db })
const { conversationItems } = storage.repositories.agents

const models: Models = {
  adapter: { name: 'scripted' },
  check: async () => {},
  model: async () => ({
    getResponse: () => Promise.reject(new Error('Runs are streamed.')),
    async *getStreamedResponse() {
      yield { type: 'response_started' }
      for (const delta of deltas) yield { type: 'output_text_delta', delta }
      const text = deltas.join('')
      yield {
        type: 'response_done',
        response: {
          id: 'scripted',
          output: [
            {
              type: 'message',
              role: 'assistant',
              status: 'completed',
              content: [{ type: 'output_text', text }],
            },
          ],
          usage: { requests: 1, inputTokens: 10, outputTokens: 64, totalTokens: 74 },
        },
      }
    },
  }),
}

/** The statements of billing's quota, for a plan that leaves room. */
const { quotas } = storage.repositories.billing
const counterOf = (tenantId: Id<'ten'>) => ({ tenantId, featureKey: 'messages', periodStart: new Date(0) })
const quota: Quota = {
  async reserve(tenantId, _most, key) {
    const reservation = { ...counterOf(tenantId), id: `rsv_${key}` as const }
    const now = new Date()
    const expiresAt = new Date(now.getTime() + 900_000)
    const { granted } = await quotas.reserve({ ...reservation, amount: 1, limit: 1e9, now, expiresAt })
    return granted ? { settle: async () => void (await quotas.settle(reservation, 1)) } : null
  },
  async refusal(tenantId) {
    if ((await quotas.used(counterOf(tenantId), new Date())) < 1e9) return null
    throw new Error('There is room.')
  },
}

const stack = createStack({
  modules: [
    tenant(),
    auth({ passwords: cheapHasher }),
    agents({
      models,
      tools: [],
      ...(process.argv.includes('quota') && { quota }),
      agents: [
        defineAgent({
          name: 'front',
          title: 'Front',
          description: 'First.',
          instructions: 'Talk.',
          guardrails: 'strict',
        }),
      ],
    }),
  ],
  storage,
  logger: silentLogger,
  mailer: memoryMailer(),
  keyVault: localKeyVault({ store: memoryKeyStore() }),
  eventStream: memoryEventStream(),
  settings: fromEnv({
    ...peppers,
    CHAT_RATE_LIMIT_PER_MINUTE: '1000000',
    CHAT_TENANT_RATE_LIMIT_PER_MINUTE: '1000000',
  }),
})
const { token, tenantId, userId } = await signIn((request) =>
  stack.fetch(request, { remoteAddress: '192.0.2.1' }),
)
const conversations = new Map<number, Id<'cnv'>>()

/** A conversation that began with so many messages. */
async function conversationOf(stored: number): Promise<Id<'cnv'>> {
  const known = conversations.get(stored)
  if (known) return known
  const id = newId('cnv')
  conversations.set(stored, id)
  const owner = tenantId as Id<'ten'>
  await conversationItems.create({ tenantId: owner, id, userId: userId as Id<'usr'>, createdAt: new Date() })
  for (let from = 0; from < stored; from += 1000)
    await conversationItems.append(
      owner,
      id,
      Array.from({ length: Math.min(1000, stored - from) }, (_, index) => ({
        id: newId('itm'),
        runId: null,
        clientMessageId: null,
        createdAt: new Date(),
        content: { type: 'message', role: 'user', content: `${question} ${from + index}` } as const,
      })),
    )
  return id
}

async function take({ turns, stored }: { readonly turns: number; readonly stored: number }): Promise<Turns> {
  const conversationId = await conversationOf(stored)
  const taken = await timed(turns, async (heard) => {
    statements = 0
    const request = new Request('http://127.0.0.1:3000/api/v1/chat/stream', {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ conversationId, message: question }),
    })
    const { body, status } = await stack.fetch(request, { remoteAddress: '192.0.2.1' })
    let text = ''
    for await (const part of body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += part
      if (text.includes('"text-delta"')) heard()
    }
    if (!text.includes('"finishReason":"stop"')) throw new Error(`${status}: ${text}`)
  })
  const window = await conversationItems.window(tenantId as Id<'ten'>, conversationId, 1e6)
  return { ...taken, statements: statements - 1, stored: window.length }
}

serveWorker('ready', take)
