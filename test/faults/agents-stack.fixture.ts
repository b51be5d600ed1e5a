import { setTimeout as delay } from 'node:timers/promises'
import { join } from 'node:path'
import { fileKeyStore } from '@corbel/adapters/file'
import { kyselyStorage } from '@corbel/adapters/kysely'
import { streamingFetch } from '@corbel/adapters/node-fetcher'
import { openaiVendor } from '@corbel/adapters/openai'
import { poolDeadlines, postgresDialect } from '@corbel/adapters/postgres'
import { redisClientOptions, redisEventStream, redisPubSub } from '@corbel/adapters/redis'
import { agents, defineAgent, defineTool } from '@corbel/agents'
import { vendorModels } from '@corbel/agents/ports'
import { auth } from '@corbel/auth'
import { createStack, fromEnv, Secret } from '@corbel/core'
import { localKeyVault, silentLogger } from '@corbel/core/ports'
import { tenant } from '@corbel/core/tenant'
import { Redis } from 'ioredis'
import { Kysely } from 'kysely'
import pg from 'pg'
import * as z from 'zod'
import { cheapHasher } from '../auth/cheap-hasher.fixture.ts'
import { peppers } from '../auth/support.fixture.ts'
import { toldFetch, withSteps } from './agents-steps.fixture.ts'

/** Where the processes of a lab meet. */
export interface AgentsPlace {
  readonly databaseUrl: string
  readonly redisUrl: string
  /** Of the keys in Redis. */
  readonly prefix: string
  /** Keys that all processes share. */
  readonly folder: string
  readonly modelUrl: string
  readonly modelKey: string
  readonly api: 'responses' | 'chat'
  /** The bad control: what is said to be stored is stored a little later. */
  readonly hasty?: boolean
}

/** Passes one of the moments at which a process may die. */
export type Pass = (step: string) => void

const amount = z.object({ amount: z.int() })

/** The whole of what a process has that works on runs. */
export function openAgentsStack(place: AgentsPlace, pass: Pass = () => {}) {
  const pool = new pg.Pool({ connectionString: place.databaseUrl, max: 6, ...poolDeadlines })
  pool.on('error', () => {})
  const redis = new Redis(place.redisUrl, redisClientOptions)
  redis.on('error', () => {})
  const storage = kyselyStorage({
    db: new Kysely<unknown>({ dialect: postgresDialect({ pool, pipelined: true }) }),
  })
  /** What a tool does to the world, where nobody takes it back. */
  const effect = async (conversationId: string, callId: string): Promise<void> => {
    pass('effect: before')
    await pool.query('insert into effects values ($1, $2)', [conversationId, callId])
    pass('effect: after')
  }
  const money = (name: string, approval: 'never' | 'always') =>
    defineTool({
      name,
      description: `Makes a ${name}.`,
      parameters: amount,
      effect: 'write',
      approval,
      trusted: true,
      async execute({ amount: cents }, { conversationId, callId }) {
        await effect(conversationId, callId)
        return `made a ${name} of ${cents}`
      },
    })
  const triage = defineAgent({
    name: 'triage',
    title: 'Triage',
    description: 'First.',
    instructions: 'Hand over.',
    handoffs: [{ to: 'desk' }],
  })
  const desk = defineAgent({
    name: 'desk',
    title: 'Desk',
    description: 'Second.',
    instructions: 'Do it.',
    tools: [money('charge', 'never'), money('refund', 'always')],
  })
  const vendor = openaiVendor({
    api: place.api,
    fetch: toldFetch(streamingFetch({ trusted: [place.modelUrl] }), pass),
  })
  const connection = vendor.connect({ apiKey: new Secret(place.modelKey), baseUrl: place.modelUrl })
  const stack = createStack({
    modules: [
      tenant(),
      auth({ passwords: cheapHasher }),
      agents({ agents: [triage, desk], tools: [], models: vendorModels(new Map([['openai', connection]])) }),
    ],
    storage: withSteps(storage, pass, place.hasty ? () => delay(400) : null),
    keyVault: localKeyVault({
      store: fileKeyStore({
        path: join(place.folder, 'keys.json'),
        secret: new Secret('a-key-of-the-fault-lab-of-some-length'),
      }),
    }),
    eventStream: redisEventStream({ client: redis, prefix: place.prefix }),
    pubSub: redisPubSub({ client: redis, prefix: place.prefix }),
    logger: silentLogger,
    settings: fromEnv(peppers),
  })
  return {
    stack,
    storage,
    pool,
    async close() {
      await stack.stop()
      redis.disconnect()
      await pool.end()
    },
  }
}
