import { type Id, newId } from '@corbel/core'
import { race, type Suite, winners } from '@corbel/core/ports'
import type { NewAgentRun, RunLease } from './agent-run-repository.ts'
import type { ModelCall } from './agent-usage-repository.ts'
import { type AgentsStorage, at, awkwardText, now, storedTenant } from './samples.conformance.ts'

const lease = (owner: string, until = at(30)): RunLease => ({ owner, until })
const ended = { status: 'completed', errorCode: null, endedAt: at(5) } as const

/** The law of `AgentRunRepository` and `AgentUsageRepository`. `fresh` gives an empty storage for each test. */
export function agentRunRepositoryConformance(
  { test, expect }: Suite,
  fresh: () => Promise<AgentsStorage>,
): void {
  async function open() {
    const storage = await fresh()
    const { agentRuns, agentUsage, conversationItems } = storage.repositories.agents
    const tenantId = await storedTenant(storage)
    const conversation = async (owner: Id<'ten'> = tenantId) => {
      const id = newId('cnv')
      await conversationItems.create({ tenantId: owner, id, userId: newId('usr'), createdAt: now })
      return id
    }
    const conversationId = await conversation()
    const sample = (change: Partial<NewAgentRun> = {}): NewAgentRun => ({
      tenantId,
      id: newId('arn'),
      conversationId,
      userId: newId('usr'),
      scopes: ['agents:chat', 'other'],
      agent: 'triage',
      message: awkwardText,
      clientMessageId: newId('msg'),
      createdAt: now,
      ...change,
    })
    const newTenant = () => storedTenant(storage)
    return { agentRuns, agentUsage, tenantId, conversationId, conversation, sample, newTenant }
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
    expect(await agentRuns.begin(run, lease('a'), false)).toEqual({ outcome: 'running', run: stored })
    expect(await agentRuns.find(tenantId, run.id)).toEqual(stored)
    expect(await agentRuns.findActive(tenantId, conversationId)).toEqual(stored)
    const stranger = await newTenant()
    expect(await agentRuns.find(stranger, run.id)).toBe(null)
    expect(await agentRuns.findActive(stranger, conversationId)).toBe(null)
    expect(await agentRuns.renew(stranger, run.id, lease('a'))).toBe('lost')
    expect(await agentRuns.handOver(stranger, run.id, 'a', 'data')).toBe(false)
    expect(await agentRuns.cancel(stranger, run.id, { discarding: true, at: now })).toBe(null)
    expect(await agentRuns.end(stranger, run.id, 'a', ended)).toBe(false)
    expect(await agentRuns.find(tenantId, run.id)).toEqual(stored)
  })

  test('of concurrent callers for an idle conversation one is running; the others are refused, or wait', async () => {
    const { agentRuns, sample, conversation } = await open()
    const refused = winners(await race((racer) => agentRuns.begin(sample(), lease(`${racer}`), false)))
    expect(refused.filter(({ outcome }) => outcome === 'running')).toHaveLength(1)
    expect(refused.filter(({ outcome }) => outcome === 'busy')).toHaveLength(63)
    const conversationId = await conversation()
    const waiting = winners(
      await race((racer) => agentRuns.begin(sample({ conversationId }), lease(`${racer}`), true)),
    )
    expect(waiting.filter(({ outcome }) => outcome === 'running')).toHaveLength(1)
    expect(waiting.filter(({ outcome }) => outcome === 'queued')).toHaveLength(63)
  })

  test('of concurrent callers with one client message id all get the one run', async () => {
    const { agentRuns, sample } = await open()
    const results = winners(
      await race(() => agentRuns.begin(sample({ clientMessageId: 'same' }), lease('a'), true)),
    )
    expect(results.filter(({ outcome }) => outcome === 'running')).toHaveLength(1)
    expect(results.filter(({ outcome }) => outcome === 'repeated')).toHaveLength(63)
    expect(new Set(results.map((result) => ('run' in result ? result.run.id : null))).size).toBe(1)
  })

  test('runs that wait are started in the order of their ids, each by one of concurrent callers', async () => {
    const { agentRuns, tenantId, conversationId, sample } = await open()
    const runs = [sample(), sample(), sample()] as const
    for (const run of runs) await agentRuns.begin(run, lease('a'), true)
    expect(await agentRuns.next(tenantId, conversationId, lease('b'))).toBe(null)
    for (const [index, owner] of ['a', 'b'].entries()) {
      const { id = runs[0].id } = runs[index] ?? {}
      expect(await agentRuns.end(tenantId, id, owner, ended)).toBe(true)
      const started = winners(await race(() => agentRuns.next(tenantId, conversationId, lease('b'))))
      expect(started).toHaveLength(64)
      expect(started.flatMap((run) => run?.id ?? [])).toEqual([runs[index + 1]?.id])
    }
  })

  test('a run is ended, handed over and prolonged by its owner only, and ended once', async () => {
    const { agentRuns, tenantId, sample } = await open()
    const { id } = sample()
    await agentRuns.begin(sample({ id }), lease('a'), false)
    expect(await agentRuns.renew(tenantId, id, lease('b'))).toBe('lost')
    expect(await agentRuns.renew(tenantId, id, lease('a'))).toBe('held')
    expect(await agentRuns.handOver(tenantId, id, 'b', 'data')).toBe(false)
    expect(await agentRuns.handOver(tenantId, id, 'a', 'data')).toBe(true)
    expect(await agentRuns.end(tenantId, id, 'b', ended)).toBe(false)
    const results = winners(await race(() => agentRuns.end(tenantId, id, 'a', ended)))
    expect(results.filter(Boolean)).toHaveLength(1)
    expect((await agentRuns.find(tenantId, id)) ?? {}).toMatchObject({ ...ended, agent: 'data' })
    expect(await agentRuns.renew(tenantId, id, lease('a'))).toBe('lost')
  })

  test('a running run is asked to end and told so; a queued one has ended; one that has ended stays', async () => {
    const { agentRuns, tenantId, sample } = await open()
    const [first, second] = [sample(), sample()]
    await agentRuns.begin(first, lease('a'), true)
    await agentRuns.begin(second, lease('a'), true)
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
    expect(await agentRuns.end(tenantId, first.id, 'a', ended)).toBe(true)
    expect(await agentRuns.cancel(tenantId, first.id, change)).toBe(null)
  })

  test('a run whose lease ended is taken over by one of concurrent callers, and lost to its owner', async () => {
    const { agentRuns, tenantId, sample, conversation } = await open()
    const run = sample()
    await agentRuns.begin(run, lease('a', at(10)), false)
    await agentRuns.begin(sample({ conversationId: await conversation() }), lease('a', at(99)), false)
    expect(await agentRuns.adopt(at(10), lease('b'), 10)).toEqual([])
    const results = winners(await race((racer) => agentRuns.adopt(at(11), lease(`b${racer}`, at(60)), 10)))
    expect(results).toHaveLength(64)
    const [adopted, ...others] = results.flat()
    expect(others).toEqual([])
    expect(adopted ?? {}).toMatchObject({ id: run.id, attempts: 2 })
    expect(await agentRuns.end(tenantId, run.id, 'a', ended)).toBe(false)
  })

  test('conversations in which a run waits for nobody are listed', async () => {
    const { agentRuns, tenantId, conversationId, sample } = await open()
    const [first, second] = [sample(), sample()]
    await agentRuns.begin(first, lease('a'), true)
    await agentRuns.begin(second, lease('a'), true)
    expect(await agentRuns.listStalled(10)).toEqual([])
    await agentRuns.end(tenantId, first.id, 'a', ended)
    expect(await agentRuns.listStalled(10)).toEqual([{ tenantId, conversationId }])
  })

  test('a model call has one row: a guess is replaced by what is known, and that by nothing', async () => {
    const { agentUsage, tenantId, newTenant } = await open()
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
      inputTokens: 12,
      cachedTokens: 2,
      outputTokens: 7,
      reasoningTokens: 3,
      estimated: false,
    })
    await agentUsage.record(call({ call: 2 }))
    await agentUsage.record(call({}))
    await agentUsage.record(known)
    await agentUsage.record(call({ inputTokens: 99 }))
    expect(await agentUsage.list(tenantId, runId)).toEqual([known, call({ call: 2 })])
    expect(await agentUsage.list(await newTenant(), runId)).toEqual([])
  })
}
