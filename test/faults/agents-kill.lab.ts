import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { applyMigrations } from '@corbel/adapters/kysely'
import { postgresDialect } from '@corbel/adapters/postgres'
import { type Id, newId } from '@corbel/core'
import { Kysely } from 'kysely'
import pg from 'pg'
import { expect, test } from 'vitest'
import {
  type Asked,
  openOpenaiServer,
  type Reply,
} from '../../examples/reference-host/src/drill/openai-server.ts'
import { turnOf } from '../../examples/reference-host/src/drill/said.ts'
import { seeded } from '../billing/seeded.ts'
import { tempFolder } from '../host/temp-folder.fixture.ts'
import { redisUrl } from '../redis.ts'
import { type AgentsPlace, openAgentsStack } from './agents-stack.fixture.ts'
import type { Deed } from './agents-victim.process.ts'
import { endChild, hasPostgresServer, startCluster } from './postgres-cluster.fixture.ts'
import { expectFault, ms, quantile } from './report.fixture.ts'

/** How often a process dies at each step, half of the times by each API: `AGENTS_KILLS=50` is the whole matrix. */
const times = Number(process.env['AGENTS_KILLS'] ?? 2)
// Starting one takes most of a crash's time.
const atOnce = 3
/** After some of the crashes at a step the process lives on for a moment. */
const longestMs = 25
/** A lease of 30 s, a look each 15 s, and what the turn itself takes on a busy machine. */
const longestRecoveryMs = 75_000
const testLimitMs = 3_600_000

const bothSides = (...steps: readonly string[]) =>
  steps.flatMap((step) => [`${step}: before`, `${step}: after`])

// In the order in which a run passes them.
const common = bothSides('message', 'model call 1', 'handoff called', 'handoff done', 'handed over')
const steps = {
  'charge 42': [
    ...common,
    ...bothSides('model call 2', 'tool called', 'effect', 'tool done', 'model call 3'),
    'answer streaming',
    ...bothSides('answer kept', 'end'),
  ],
  'refund 42': bothSides('asked', 'paused', 'decided', 'taken', 'effect', 'tool done', 'end'),
} as const

/** What a model says that is as sensible as its history: nothing twice, and nothing that it has no tool for. */
function answer({ said, tools }: Asked): Reply {
  const { wish, result } = turnOf(said)
  if (wish === 'next') return { say: 'Ready for more.' }
  if (result !== null) return { say: `It is told that it has ${result} and that is all of it.` }
  const [tool = '', cents] = wish.split(' ')
  if (tools.includes(tool)) return { call: tool, args: { amount: Number(cents) } }
  return { call: 'transfer_to_desk', args: {} }
}

interface Victim {
  readonly child: ChildProcess
  /** Whether the message was acknowledged before the process died. */
  run(deed: Deed): Promise<boolean>
}

async function startVictim(place: AgentsPlace): Promise<Victim> {
  const script = fileURLToPath(new URL('agents-victim.process.ts', import.meta.url))
  const child = spawn(process.execPath, ['--conditions=@corbel/source', script, JSON.stringify(place)], {
    env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: join(place.folder, 'compiled') },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const closed = once(child, 'close')
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  if ((await lines.next()).value !== 'ready') throw new Error('A process ended before it was ready.')
  return {
    child,
    async run(deed) {
      child.stdin.write(`${JSON.stringify(deed)}\n`)
      const line = await lines.next()
      await closed
      if (child.signalCode !== 'SIGKILL') throw new Error(`Nothing killed it at "${deed.dieAt}".`)
      return line.value === 'acknowledged'
    },
  }
}

/** Of whom, where, and how long after it. */
type Death = readonly [message: string, step: string, afterMs: number]

interface Caller {
  readonly tenantId: Id<'ten'>
  readonly userId: Id<'usr'>
  readonly scopes: ReadonlySet<string>
}

interface Found {
  readonly recoveredMs: number
  readonly wrong: readonly string[]
}

async function openArena(place: AgentsPlace) {
  const owner = new Kysely<unknown>({
    dialect: postgresDialect({ pool: new pg.Pool({ connectionString: place.databaseUrl, max: 1 }) }),
  })
  await applyMigrations(owner)
  await owner.destroy()
  const { stack, storage, pool, close } = openAgentsStack(place)
  await pool.query('create table effects (conversation_id text not null, call_id text not null)')
  // The replica that stays.
  await stack.start()
  const { agentRuns, conversationItems } = storage.repositories.agents
  const alive = new Set<ChildProcess>()

  /** One process dies at the step of a turn. Returns what will be found of the turn, and of the next one. */
  async function kill([message, dieAt, dieAfterMs]: Death): Promise<() => Promise<Found>> {
    const victim = await startVictim(place)
    alive.add(victim.child)
    const userId = newId('usr')
    const { id: tenantId } = await stack.tenant.tenants.create({ name: 'Any', ownerId: userId })
    const caller = { tenantId, userId, scopes: new Set<string>() }
    const { id: conversationId } = await stack.agents.conversations.create(caller, {
      title: null,
      shared: false,
      memory: { mode: 'agent', crossSession: false },
    })
    const clientMessageId = newId('msg')
    const deed = { tenantId, userId, conversationId, message, clientMessageId, dieAt, dieAfterMs }
    const isAcknowledged = await victim.run(deed)
    return () => settle(caller, deed, isAcknowledged, performance.now())
  }

  async function settle(
    caller: Caller,
    { conversationId, message, clientMessageId, dieAt }: Deed,
    isAcknowledged: boolean,
    died: number,
  ): Promise<Found> {
    const { tenantId } = caller
    const wrong: string[] = []
    const note = (what: string) => void wrong.push(`${message}, ${dieAt}: ${what}`)
    if (isAcknowledged && (await conversationItems.window(tenantId, conversationId, 100)).length === 0)
      note('an acknowledged message is lost')
    // Whoever was not answered asks again.
    const request = { message, clientMessageId, whenBusy: 'reject' } as const
    const { id: runId } = await stack.agents.runs.begin(caller, conversationId, request)
    const stateOf = async () => (await agentRuns.find(tenantId, runId))?.status
    let status = await stateOf()
    let recoveredMs = 0
    while (status === 'running' || status === 'waiting') {
      if (status === 'waiting') {
        recoveredMs ||= performance.now() - died
        for (const { id } of (await stack.agents.approvals.list(caller, { limit: 10 })).data)
          await stack.agents.approvals.decide(caller, id, { decision: 'approve' })
      }
      if (performance.now() - died > 2 * longestRecoveryMs) break
      await delay(200)
      status = await stateOf()
    }
    recoveredMs ||= performance.now() - died
    if (status !== 'completed' && status !== 'failed') note(`the run is ${status}`)
    const items = await conversationItems.window(tenantId, conversationId, 100)
    const heard = items.filter(({ content }) => 'role' in content && content.role === 'user').length
    if (heard !== 1) note(`what the user said stands there ${heard} times`)
    const { rows } = await pool.query('select 1 from effects where conversation_id = $1', [conversationId])
    if (rows.length > 1) note(`the tool ran ${rows.length} times`)
    const isTold = items.some(
      ({ content }) => content.type === 'function_call_result' && JSON.stringify(content).includes('made a '),
    )
    if (isTold && rows.length === 0) note('a tool is said to have run that did not')
    const signal = AbortSignal.timeout(30_000)
    const ends: string[] = []
    for await (const { chunk } of stack.agents.runs.follow(caller, runId, 0, signal))
      if (chunk.type === 'abort' || (chunk.type === 'finish' && chunk.messageMetadata.pause === undefined))
        ends.push(chunk.type)
    if (ends.length !== 1) note(`the stream has ${ends.length} ends`)
    const next = await stack.agents.runs.chat(
      caller,
      conversationId,
      { message: 'next', whenBusy: 'reject' },
      signal,
    )
    if (next.message !== 'Ready for more.') note(`the next turn came to ${next.status}, ${next.errorCode}`)
    return { recoveredMs, wrong }
  }

  return {
    kill,
    async close() {
      for (const child of alive) await endChild(child)
      await close()
    },
  }
}

/** Every death of the list; what the dead have left is found while others die. */
async function killAll(place: AgentsPlace, deaths: readonly Death[]) {
  const arena = await openArena(place)
  try {
    const waiting = [...deaths]
    const turns: Promise<Found>[] = []
    const keepKilling = async () => {
      for (let death = waiting.shift(); death; death = waiting.shift()) {
        const turn = (await arena.kill(death))()
        turn.catch(() => {})
        turns.push(turn)
      }
    }
    await Promise.all(Array.from({ length: atOnce }, keepKilling))
    const found = await Promise.all(turns)
    return { wrong: found.flatMap(({ wrong }) => wrong), recoveredMs: found.map((each) => each.recoveredMs) }
  } finally {
    await arena.close()
  }
}

const demandsOf = (
  { wrong, recoveredMs }: Awaited<ReturnType<typeof killAll>>,
  refused: readonly string[],
) => ({
  [`no message is lost and no tool runs twice (${wrong.slice(0, 5).join('; ')})`]: wrong.length === 0,
  [`a strict provider takes every turn (${refused.slice(0, 3).join('; ')})`]: refused.length === 0,
  'another process ends what is left behind': Math.max(...recoveredMs) <= longestRecoveryMs,
})

const redis = await redisUrl()

test.skipIf(!hasPostgresServer() || redis === null)(
  'kill -9 at each step of triage, handoff, tool and answer loses no message and runs no tool twice',
  async () => {
    const cluster = await startCluster()
    const server = await openOpenaiServer(answer)
    const random = seeded(1)
    const folder = tempFolder()
    const placeOf = async (name: string, api: 'responses' | 'chat'): Promise<AgentsPlace> => ({
      databaseUrl: await cluster.create(name),
      redisUrl: redis ?? '',
      prefix: newId('lab'),
      folder,
      modelUrl: server.baseUrl,
      modelKey: server.key,
      api,
      hasty: name === 'control',
    })
    const matrix = Object.entries(steps).flatMap(([message, each]) =>
      each.map((step) => [message, step] as const),
    )
    try {
      const recoveredMs: number[] = []
      const wrong: string[] = []
      let kills = 0
      for (const api of ['responses', 'chat'] as const) {
        const deaths = Array.from({ length: Math.ceil(times / 2) }).flatMap((_, round) =>
          matrix.map(([message, step]): Death => {
            const afterMs = round === 0 ? 0 : Math.floor(random() * longestMs)
            return [message, step, afterMs]
          }),
        )
        const found = await killAll(await placeOf(api, api), deaths)
        kills += deaths.length
        wrong.push(...found.wrong)
        recoveredMs.push(...found.recoveredMs)
      }
      const refused = server.refused.length
      const bad = await killAll(
        await placeOf('control', 'responses'),
        Array.from({ length: 3 }, () => ['charge 42', 'effect: after', 0] as const),
      )
      expect(kills).toBe(matrix.length * 2 * Math.ceil(times / 2))
      expectFault(
        'agents-kill',
        {
          steps: matrix.length,
          kills,
          modelCalls: server.asked.length,
          wrong: wrong.length,
          refused,
          recoveredMsP50: ms(quantile(recoveredMs, 0.5)),
          recoveredMsMax: ms(Math.max(...recoveredMs)),
          controlWrong: bad.wrong.length,
        },
        demandsOf({ wrong, recoveredMs }, server.refused.slice(0, refused)),
        demandsOf({ wrong: bad.wrong, recoveredMs: [0] }, []),
      )
    } finally {
      await server.close()
      await cluster.close()
    }
  },
  testLimitMs,
)
