import { type Id, newId } from '@corbel/core'
import { race, type Suite, winners } from '@corbel/core/ports'
import type { NewAgentRun, RunLease } from './agent-run-repository.ts'
import type { ModelCall } from './agent-usage-repository.ts'
import {
  type AgentsStorage,
  at,
  awkwardText,
  now,
  said,
  sampleFile,
  storedTenant,
} from './samples.conformance.ts'

const lease = (owner: string, until = at(30)): RunLease => ({ owner, until })
const ended = { status: 'completed', errorCode: null, endedAt: at(5) } as const

/** Calls of one run, as guessed, and its first as known. */
function modelCalls(tenantId: Id<'ten'>) {
  const runId = newId('arn')
  const call = (change: Partial<ModelCall>): ModelCall => ({
    tenantId,
    runId,
    call: 1,
    agent: 'triage',
    model: 'gpt-5.1',
    inputTokens: 10,
    cachedTokens: 0,
    outputTokens: 0,
    reasoningTokens: 0,
    estimated: true,
    createdAt: now,
    ...change,
  })
  const known = call({
    model: 'anthropic/claude-x',
    inputTokens: 12,
    cachedTokens: 2,
    outputTokens: 7,
    reasoningTokens: 3,
    estimated: false,
  })
  return { runId, call, known }
}

/** The law of `AgentRunRepository` and `AgentUsageRepository`. `fresh` gives an empty storage for each test. */
export function agentRunRepositoryConformance(
  { test, expect }: Suite,
  fresh: () => Promise<AgentsStorage>,
): void {
  async function open() {
    const storage = await fresh()
    const { agentRuns, agentUsage, conversationItems, files } = storage.repositories.agents
    const tenantId = await storedTenant(storage)
    const userId = newId('usr')
    const conversation = async (owner: Id<'ten'> = tenantId) => {
      const id = newId('cnv')
      await conversationItems.create({ tenantId: owner, id, userId, createdAt: now })
      return id
    }
    const conversationId = await conversation()
    const sample = (change: Partial<NewAgentRun> = {}): NewAgentRun => ({
      tenantId,
      id: newId('arn'),
      conversationId,
      userId,
      scopes: ['agents:chat', 'other'],
      agent: 'triage',
      message: awkwardText,
      attachments: [{ fileId: newId('fil'), name: 'žluť "a" 🌱.txt', contentType: 'text/plain', size: 3 }],
      clientMessageId: newId('msg'),
      createdAt: now,
      ...change,
    })
    const newTenant = () => storedTenant(storage)
    return {
      agentRuns,
      agentUsage,
      conversationItems,
      files,
      tenantId,
      conversationId,
      conversation,
      sample,
      newTenant,
    }
  }

  test('a run is found as it was begun, in its tenant only', async () => {
    const { agentRuns, tenantId, conversationId, sample, newTenant } = await open()
    const run = sample()
    const stored = {
      ...run,
      status: 'running',
      cancelling: false,
      discarding: false,
      pauses: 0,
      attempts: 1,
      errorCode: null,
      endedAt: null,
    }
    expect(await agentRuns.begin(run, lease('a'), false, said())).toEqual({ outcome: 'running', run: stored })
    expect(await agentRuns.find(tenantId, run.id)).toEqual(stored)
    expect(await agentRuns.findActive(tenantId, conversationId)).toEqual(stored)
    const stranger = await newTenant()
    expect(await agentRuns.find(stranger, run.id)).toBe(null)
    expect(await agentRuns.findActive(stranger, conversationId)).toBe(null)
    expect(await agentRuns.renew(stranger, run.id, lease('a'))).toBe('lost')
    expect(await agentRuns.handOver(stranger, run.id, 'a', 'data')).toBe(false)
    expect(await agentRuns.cancel(stranger, run.id, { discarding: true, at: now })).toBe(null)
    expect(await agentRuns.end(stranger, run.id, 'a', ended)).toBe(null)
    expect(await agentRuns.find(tenantId, run.id)).toEqual(stored)
  })

  test('what is said stands in the conversation with the run that is at work, once, and only of who may speak there', async () => {
    const { agentRuns, conversationItems, tenantId, conversationId, sample, newTenant } = await open()
    const texts = async () =>
      (await conversationItems.window(tenantId, conversationId, 9)).map(
        ({ runId, clientMessageId, content }) => [
          runId,
          clientMessageId,
          'content' in content && content.content,
        ],
      )
    for (const change of [
      { userId: newId('usr') },
      { tenantId: await newTenant() },
      { conversationId: newId('cnv') },
    ])
      expect(await agentRuns.begin(sample(change), lease('a'), true, said())).toEqual({ outcome: 'closed' })
    expect(await texts()).toEqual([])
    const first = sample({ clientMessageId: 'one' })
    await agentRuns.begin(first, lease('a'), false, said())
    const told = [first.id, 'one', awkwardText]
    expect(await texts()).toEqual([told])
    await agentRuns.begin(sample({ clientMessageId: 'one' }), lease('a'), true, said())
    await agentRuns.begin(sample(), lease('a'), false, said())
    // Whoever waits says it when their turn has come.
    await agentRuns.begin(sample(), lease('a'), true, said())
    expect(await texts()).toEqual([told])
    await agentRuns.end(tenantId, first.id, 'a', ended)
    const item = { ...said(), runId: null, clientMessageId: 'there', createdAt: now }
    await conversationItems.append(tenantId, conversationId, [item])
    const again = await agentRuns.begin(sample({ clientMessageId: 'there' }), lease('a'), false, said())
    expect(again.outcome).toBe('running')
    expect(await texts()).toEqual([told, [null, 'there', awkwardText]])
  })

  test('of concurrent callers for an idle conversation one is running; the others are refused, or wait', async () => {
    const { agentRuns, sample, conversation } = await open()
    const refused = winners(
      await race((racer) => agentRuns.begin(sample(), lease(`${racer}`), false, said())),
    )
    expect(refused.filter(({ outcome }) => outcome === 'running')).toHaveLength(1)
    expect(refused.filter(({ outcome }) => outcome === 'busy')).toHaveLength(63)
    const conversationId = await conversation()
    const waiting = winners(
      await race((racer) => agentRuns.begin(sample({ conversationId }), lease(`${racer}`), true, said())),
    )
    expect(waiting.filter(({ outcome }) => outcome === 'running')).toHaveLength(1)
    expect(waiting.filter(({ outcome }) => outcome === 'queued')).toHaveLength(63)
  })

  test('of concurrent callers with one client message id all get the one run', async () => {
    const { agentRuns, sample } = await open()
    const results = winners(
      await race(() => agentRuns.begin(sample({ clientMessageId: 'same' }), lease('a'), true, said())),
    )
    expect(results.filter(({ outcome }) => outcome === 'running')).toHaveLength(1)
    expect(results.filter(({ outcome }) => outcome === 'repeated')).toHaveLength(63)
    expect(new Set(results.map((result) => ('run' in result ? result.run.id : null))).size).toBe(1)
  })

  test('runs that wait are started in the order of their ids, each by one of concurrent callers', async () => {
    const { agentRuns, tenantId, conversationId, sample } = await open()
    const runs = [sample(), sample(), sample()] as const
    for (const run of runs) await agentRuns.begin(run, lease('a'), true, said())
    expect(await agentRuns.next(tenantId, conversationId, lease('b'))).toBe(null)
    for (const [index, owner] of ['a', 'b'].entries()) {
      const { id = runs[0].id } = runs[index] ?? {}
      expect(await agentRuns.end(tenantId, id, owner, ended)).toEqual({ isNextWaiting: true })
      const started = winners(await race(() => agentRuns.next(tenantId, conversationId, lease('b'))))
      expect(started).toHaveLength(64)
      expect(started.flatMap((run) => run?.id ?? [])).toEqual([runs[index + 1]?.id])
    }
  })

  test('a run is ended, handed over and prolonged by its owner only, and ended once', async () => {
    const { agentRuns, tenantId, sample } = await open()
    const { id } = sample()
    await agentRuns.begin(sample({ id }), lease('a'), false, said())
    expect(await agentRuns.renew(tenantId, id, lease('b'))).toBe('lost')
    expect(await agentRuns.renew(tenantId, id, lease('a'))).toBe('held')
    expect(await agentRuns.handOver(tenantId, id, 'b', 'data')).toBe(false)
    expect(await agentRuns.handOver(tenantId, id, 'a', 'data')).toBe(true)
    expect(await agentRuns.end(tenantId, id, 'b', ended)).toBe(null)
    const results = winners(await race(() => agentRuns.end(tenantId, id, 'a', ended)))
    expect(results.filter(Boolean)).toHaveLength(1)
    expect((await agentRuns.find(tenantId, id)) ?? {}).toMatchObject({ ...ended, agent: 'data' })
    expect(await agentRuns.renew(tenantId, id, lease('a'))).toBe('lost')
  })

  test('a running run is asked to end and told so; a queued one has ended; one that has ended stays', async () => {
    const { agentRuns, tenantId, sample } = await open()
    const [first, second] = [sample(), sample()]
    await agentRuns.begin(first, lease('a'), true, said())
    await agentRuns.begin(second, lease('a'), true, said())
    const change = { discarding: true, at: at(9) }
    expect((await agentRuns.cancel(tenantId, second.id, change)) ?? {}).toMatchObject({
      status: 'cancelled',
      endedAt: at(9),
    })
    expect((await agentRuns.cancel(tenantId, first.id, change)) ?? {}).toMatchObject({
      status: 'running',
      cancelling: true,
      discarding: true,
    })
    await agentRuns.cancel(tenantId, first.id, { discarding: false, at: at(9) })
    expect((await agentRuns.find(tenantId, first.id)) ?? {}).toMatchObject({ discarding: true })
    expect(await agentRuns.renew(tenantId, first.id, lease('a'))).toBe('cancelling')
    expect(await agentRuns.end(tenantId, first.id, 'a', ended)).toEqual({ isNextWaiting: false })
    expect(await agentRuns.cancel(tenantId, first.id, change)).toBe(null)
  })

  test('a run whose lease ended is taken over by one of concurrent callers, and lost to its owner', async () => {
    const { agentRuns, tenantId, sample, conversation } = await open()
    const run = sample()
    await agentRuns.begin(run, lease('a', at(10)), false, said())
    await agentRuns.begin(sample({ conversationId: await conversation() }), lease('a', at(99)), false, said())
    expect(await agentRuns.adopt(at(10), lease('b'), 10)).toEqual([])
    const results = winners(await race((racer) => agentRuns.adopt(at(11), lease(`b${racer}`, at(60)), 10)))
    expect(results).toHaveLength(64)
    const [adopted, ...others] = results.flat()
    expect(others).toEqual([])
    expect(adopted ?? {}).toMatchObject({ id: run.id, attempts: 2 })
    expect(await agentRuns.end(tenantId, run.id, 'a', ended)).toBe(null)
  })

  test('conversations in which a run waits for nobody are listed', async () => {
    const { agentRuns, tenantId, conversationId, sample } = await open()
    const [first, second] = [sample(), sample()]
    await agentRuns.begin(first, lease('a'), true, said())
    await agentRuns.begin(second, lease('a'), true, said())
    expect(await agentRuns.listStalled(10)).toEqual([])
    await agentRuns.end(tenantId, first.id, 'a', ended)
    expect(await agentRuns.listStalled(10)).toEqual([{ tenantId, conversationId }])
  })

  test('a model call has one row: a guess is replaced by what is known, and that by nothing', async () => {
    const { agentUsage, tenantId, newTenant } = await open()
    const { runId, call, known } = modelCalls(tenantId)
    await agentUsage.record(call({ call: 2 }))
    await agentUsage.record(call({}))
    await agentUsage.record(known)
    await agentUsage.record(call({ inputTokens: 99 }))
    expect(await agentUsage.list(tenantId, runId)).toEqual([known, call({ call: 2 })])
    expect(await agentUsage.list(await newTenant(), runId)).toEqual([])
  })

  test('the row of a call is written with what it said, and when that goes nowhere too', async () => {
    const { agentUsage, conversationItems, tenantId, newTenant, conversationId } = await open()
    const { runId, call, known } = modelCalls(tenantId)
    const item = { id: newId('itm'), runId, clientMessageId: null, content: said().content, createdAt: now }
    await agentUsage.record(call({}))
    expect(await conversationItems.append(tenantId, conversationId, [item], known)).toHaveLength(1)
    expect(await conversationItems.append(tenantId, conversationId, [item], call({ inputTokens: 99 }))).toBe(
      null,
    )
    expect(await conversationItems.append(tenantId, conversationId, [], call({ call: 2 }))).toEqual([])
    const gone = { ...item, id: newId('itm') }
    expect(await conversationItems.append(tenantId, newId('cnv'), [gone], call({ call: 3 }))).toBe(null)
    expect(await agentUsage.list(tenantId, runId)).toEqual([known, call({ call: 2 }), call({ call: 3 })])
    expect(await agentUsage.list(await newTenant(), runId)).toEqual([])
  })

  test('calls of a period are summed up for their tenant, with the bytes that its files have now', async () => {
    const { agentUsage, files, tenantId, newTenant } = await open()
    const other = await newTenant()
    const call = (tenant: Id<'ten'>, createdAt: Date, inputTokens: number) =>
      agentUsage.record({
        tenantId: tenant,
        runId: newId('arn'),
        call: 1,
        agent: 'triage',
        model: 'gpt-5.1',
        inputTokens,
        cachedTokens: 1,
        outputTokens: 2_000_000_000,
        reasoningTokens: 0,
        estimated: false,
        createdAt,
      })
    for (const [seconds, tokens] of [
      [-1, 1000],
      [0, 1],
      [9, 10],
      [10, 1000],
    ] as const)
      await call(tenantId, at(seconds), tokens)
    await call(other, at(0), 100)
    await files.reserve(sampleFile(tenantId, { size: 7 }), 100)
    await files.reserve(sampleFile(other, { size: 50 }), 100)
    const span = { from: at(0), until: at(10) }
    expect(await agentUsage.count(tenantId, span)).toEqual({
      modelCalls: 2,
      inputTokens: 11,
      outputTokens: 4_000_000_000,
      fileBytes: 7,
    })
    expect(await agentUsage.count(await newTenant(), span)).toEqual({
      modelCalls: 0,
      inputTokens: 0,
      outputTokens: 0,
      fileBytes: 0,
    })
  })
}
