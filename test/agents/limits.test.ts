import { type ChatReply, defineAgent } from '@corbel/agents'
import type { Quota, TokenUse } from '@corbel/agents/ports'
import { recordingLogger } from '@corbel/core/ports'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { agentsApp, type AgentsApp, type Person } from './agents-app.fixture.ts'
import { delta, hangs, says, scriptedModels } from './scripted-models.fixture.ts'

const { models, script, forget } = scriptedModels()
const front = defineAgent({ name: 'front', title: 'Front', description: 'First.', instructions: 'Talk.' })
const logger = recordingLogger()

/** The quota of a tenant that keeps account, as billing does: a key is one reservation, and is settled once. */
const ledger = new Map<string, { readonly most: number; spent: number | null }>()
const tokens = ({ inputTokens, outputTokens }: TokenUse) => inputTokens + outputTokens
const quota: Quota = {
  async reserve(tenantId, most, key) {
    const entry = ledger.get(`${tenantId} ${key}`) ?? { most: tokens(most), spent: null }
    ledger.set(`${tenantId} ${key}`, entry)
    return { settle: async (used) => void (entry.spent ??= tokens(used)) }
  },
}
let app: AgentsApp
let ada: Person
let bob: Person
let eve: Person
beforeAll(async () => {
  const settings = {
    CHAT_RATE_LIMIT_PER_MINUTE: '3',
    CHAT_TENANT_RATE_LIMIT_PER_MINUTE: '4',
    CHAT_CONCURRENT_STREAMS: '2',
  }
  app = await agentsApp('memory', settings, { models, tools: [], agents: [front], quota }, { logger })
  ada = await app.person('ada')
  bob = await app.colleague(ada, 'bob')
  eve = await app.person('eve')
})
afterAll(() => app.close())
beforeEach(() => {
  app.clock.advance('2m')
  forget()
  ledger.clear()
})

const chat = ({ token }: Person, body: object = {}) =>
  app.send<ChatReply & { code: string }>('POST', '/api/v1/chat', token, { message: 'hi', ...body })
const blocks = () => logger.lines.filter(({ message }) => message === 'rate_limit.block')
const counted = async (policy: string): Promise<number> => {
  const { body } = await app.stack.meter.scrape()
  return Number(
    new RegExp(`^corbel_rate_limit_blocks_total{policy="${policy}"} (\\d+)$`, 'm').exec(body)?.[1] ?? 0,
  )
}

test('a user, and all users of a tenant together, send so many messages a minute; what is refused is logged and counted', async () => {
  script(...Array.from({ length: 5 }, () => says('Hello.')))
  const answers = []
  for (const person of [ada, ada, ada, ada, bob, bob, eve]) answers.push(await chat(person))
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429, 200, 429, 200])
  const [own, tenants] = [answers[3], answers[5]]
  expect(own?.body.code).toBe('http/rate-limited')
  expect(own?.headers.get('retry-after')).toBe('20')
  expect(own?.headers.get('ratelimit')).toBe('"chat";r=0;t=60')
  expect(tenants?.headers.get('retry-after')).toBe('15')
  expect(tenants?.headers.get('ratelimit-policy')).toBe('"chat";q=3;w=60, "chat-tenant";q=4;w=60')
  expect(
    blocks().map(({ level, fields }) => [level, fields['policy'], fields['by'], fields['subject']]),
  ).toEqual([
    ['warn', 'chat', 'user', ada.userId],
    ['warn', 'chat-tenant', 'tenant', bob.userId],
  ])
  expect([await counted('chat'), await counted('chat-tenant')]).toEqual([1, 1])
})

function open({ token }: Person, runId: string) {
  const controller = new AbortController()
  const request = new Request(`http://127.0.0.1:3000/api/v1/agent-runs/${runId}/stream`, {
    headers: { authorization: `Bearer ${token}` },
    signal: controller.signal,
  })
  return app.stack.fetch(request, { remoteAddress: '192.0.2.1' })
}

test('a user keeps so many streams open: of a race as many get one, and each that ends or is left makes room', async () => {
  const { step, goOn, hasBegun } = hangs('Half ', 'whole.')
  script(step)
  const waiting = chat(ada)
  await hasBegun
  const [conversation] = (
    await app.send<{ data: readonly { id: string }[] }>('GET', '/api/v1/conversations', ada.token)
  ).body.data
  const runId = await app.stack.agents.runs.findActive(
    { tenantId: ada.tenantId, userId: ada.userId, scopes: new Set() },
    conversation?.id as never,
  )
  // What is refused otherwise takes no room.
  for (let count = 0; count < 3; count++) expect((await open(ada, `arn_${'0'.repeat(26)}`)).status).toBe(404)
  const before = blocks().length
  const all = await Promise.all(Array.from({ length: 64 }, () => open(ada, runId ?? '')))
  const opened = all.filter(({ status }) => status === 200)
  const refused = all.filter(({ status }) => status === 429)
  expect([opened.length, refused.length]).toEqual([2, 62])
  expect(refused[0]?.headers.get('retry-after')).toBe('5')
  expect(
    blocks()
      .slice(before)
      .map(({ fields }) => fields['policy']),
  ).toEqual(Array.from({ length: 62 }, () => 'chat-streams'))
  expect(await counted('chat-streams')).toBe(62)
  const [left, kept] = opened
  await left?.body?.cancel()
  const next = await open(ada, runId ?? '')
  expect([next.status, (await open(ada, runId ?? '')).status]).toEqual([200, 429])
  goOn()
  expect((await waiting).body.message).toBe('Half whole.')
  expect(await kept?.text()).toContain('whole.')
  expect(await next.text()).toContain('whole.')
  const after = await Promise.all([open(ada, runId ?? ''), open(ada, runId ?? '')])
  expect(after.map(({ status }) => status)).toEqual([200, 200])
  for (const each of after) expect(await each.text()).toContain('whole.')
})

/** What the rows say and what was settled, call by call. */
async function accounts(runId: string) {
  const { agentUsage } = app.opened.storage.repositories.agents
  const rows = await agentUsage.list(ada.tenantId, runId as never)
  return {
    rows: rows.map((row) => [row.call, row.estimated, tokens(row)]),
    settled: [...ledger].map(([key, { spent }]) => [key.replace(`${ada.tenantId} ${runId}-`, ''), spent]),
  }
}

test('what a call can cost is reserved before it, and settled at what it did cost: also when it fails, is cancelled, or dies', async () => {
  script(says('Hello.'), async function* () {
    yield delta('x'.repeat(40))
    throw new Error('gone')
  })
  const done = (await chat(ada)).body
  const [entry] = ledger.values()
  // The input, and as many tokens as the agent may say.
  expect(entry?.most).toBeGreaterThan(4096)
  expect(await accounts(done.runId)).toEqual({ rows: [[1, false, 18]], settled: [['1', 18]] })
  ledger.clear()
  const failed = (await chat(ada)).body
  const { rows, settled } = await accounts(failed.runId)
  expect(rows).toEqual([[1, true, expect.any(Number)]])
  expect(settled).toEqual([['1', rows[0]?.[2]]])

  ledger.clear()
  app.clock.advance('2m')
  const { step, hasBegun } = hangs('Half ', 'never')
  script(step)
  void chat(ada, { clientMessageId: 'dies' })
  await hasBegun
  const [lost] = ledger.keys()
  const runId = lost?.split(' ')[1]?.replace(/-\d+$/, '') ?? ''
  expect([...ledger.values()].map(({ spent }) => spent)).toEqual([null])
  // The process that hangs there is as good as dead: another takes over, accounts for its call, and makes one of its own.
  app.clock.advance('60s')
  script(says('Whole.'))
  await app.replica().agents.runs.recover()
  await expect.poll(async () => (await accounts(runId)).rows.length).toBe(2)
  await expect
    .poll(async () => (await accounts(runId)).settled.every(([, spent]) => spent !== null))
    .toBe(true)
  const after = await accounts(runId)
  expect(after.rows).toEqual([
    [1, true, expect.any(Number)],
    [2, false, 18],
  ])
  expect(after.settled).toEqual([
    ['1', after.rows[0]?.[2]],
    ['2', 18],
  ])
})
