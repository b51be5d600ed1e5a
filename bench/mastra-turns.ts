import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import type pg from 'pg'
import { serveWorker } from './processes.ts'
import { deltas, question, timed, type Turns } from './scripted-answer.ts'

/** What is used of Mastra, which is not installed with the rest: see `mastra-folder.ts`. */
interface Mastra {
  readonly Agent: new (options: object) => {
    stream(
      text: string,
      options: object,
    ): Promise<{ readonly textStream: AsyncIterable<string>; consumeStream(): Promise<void> }>
  }
  readonly Memory: new (options: object) => { createThread(thread: object): Promise<unknown> }
  readonly PostgresStore: new (options: object) => { init(): Promise<void> }
  readonly Mastra: new (options: object) => unknown
}

const [connectionString, schemaName, folder = ''] = process.argv.slice(2)
const require = createRequire(`${folder}/package.json`)
const load = (name: string): Promise<unknown> => import(pathToFileURL(require.resolve(name)).href)
const { Agent } = (await load('@mastra/core/agent')) as Mastra
const { Mastra } = (await load('@mastra/core')) as Mastra
const { Memory } = (await load('@mastra/memory')) as Mastra
const { PostgresStore } = (await load('@mastra/pg')) as Mastra
const { Client } = ((await load('pg')) as { readonly default: typeof pg }).default

let statements = 0
const query = Client.prototype.query
Client.prototype.query = function (this: pg.Client, ...args: Parameters<typeof query>) {
  statements++
  return query.apply(this, args)
} as typeof query

/** The interface of models of the AI SDK, without anything that could take time. */
const model = {
  specificationVersion: 'v3',
  provider: 'scripted',
  modelId: 'scripted',
  supportedUrls: {},
  doGenerate: () => Promise.reject(new Error('Runs are streamed.')),
  doStream: async () => ({
    stream: ReadableStream.from([
      { type: 'stream-start', warnings: [] },
      { type: 'response-metadata', id: 'scripted', modelId: 'scripted', timestamp: new Date() },
      { type: 'text-start', id: 'text' },
      ...deltas.map((delta) => ({ type: 'text-delta', id: 'text', delta })),
      { type: 'text-end', id: 'text' },
      {
        type: 'finish',
        finishReason: { unified: 'stop', raw: 'stop' },
        usage: {
          inputTokens: { total: 10, noCache: 10, cacheRead: 0, cacheWrite: 0 },
          outputTokens: { total: 64, text: 64, reasoning: 0 },
        },
      },
    ]),
  }),
}

const storage = new PostgresStore({ id: 'bench', connectionString, schemaName })
await storage.init()
const memory = new Memory({
  storage,
  options: {
    lastMessages: 40,
    semanticRecall: false,
    generateTitle: false,
    workingMemory: { enabled: false },
  },
})
const agent = new Agent({ id: 'front', name: 'front', instructions: 'Talk.', model, memory })
// Gives the agent its storage; logs and telemetry are off.
const host = new Mastra({ agents: { front: agent }, storage, logger: false })
const counter = new Client(connectionString)
await counter.connect()

async function take({ turns }: { readonly turns: number }): Promise<Turns> {
  const taken = await timed(turns, async (heard) => {
    statements = 0
    const answer = await agent.stream(question, { memory: { thread: 'bench', resource: 'reader' } })
    let text = ''
    for await (const delta of answer.textStream) {
      heard()
      text += delta
    }
    // Until it is stored.
    await answer.consumeStream()
    if (text !== deltas.join('')) throw new Error(`It said: ${text}`)
  })
  const last = statements
  const { rows } = await counter.query<{ readonly stored: number }>(
    `select count(*)::integer as stored from "${schemaName}".mastra_messages`,
  )
  return { ...taken, statements: last, stored: rows[0]?.stored ?? 0 }
}

serveWorker(host === null ? null : 'ready', take)
