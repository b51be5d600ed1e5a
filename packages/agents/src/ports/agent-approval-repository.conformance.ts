import { type Id, newId } from '@corbel/core'
import { race, type Suite, winners } from '@corbel/core/ports'
import type { NewAgentApproval } from './agent-approval-repository.ts'
import type { NewAgentRun } from './agent-run-repository.ts'
import { type AgentsStorage, at, awkwardText, now, storedTenant, said } from './samples.conformance.ts'

/** The law of `AgentApprovalRepository`, and of runs that wait for one. `fresh` gives an empty storage for each test. */
export function agentApprovalRepositoryConformance(
  { test, expect }: Suite,
  fresh: () => Promise<AgentsStorage>,
): void {
  async function open() {
    const storage = await fresh()
    const { agentRuns, agentApprovals, conversationItems } = storage.repositories.agents
    const tenantId = await storedTenant(storage)
    const userId = newId('usr')
    const lease = { owner: 'a', until: at(30) }
    /** A run at work in a conversation of its own. */
    const begun = async (tenant: Id<'ten'> = tenantId) => {
      const conversationId = newId('cnv')
      await conversationItems.create({ tenantId: tenant, id: conversationId, userId, createdAt: now })
      const run: NewAgentRun = {
        tenantId: tenant,
        id: newId('arn'),
        conversationId,
        userId,
        scopes: ['agents:chat'],
        agent: 'triage',
        message: 'go',
        attachments: [],
        clientMessageId: newId('msg'),
        createdAt: now,
      }
      await agentRuns.begin(run, lease, false, said())
      return run
    }
    const sample = (run: NewAgentRun, change: Partial<NewAgentApproval> = {}): NewAgentApproval => ({
      tenantId: run.tenantId,
      id: newId('apv'),
      runId: run.id,
      conversationId: run.conversationId,
      userId,
      agent: 'triage',
      callId: newId('call'),
      tool: 'notify',
      argumentsHash: 'a'.repeat(64),
      sealedArguments: awkwardText,
      createdAt: now,
      expiresAt: at(60),
      ...change,
    })
    const asked = async () => {
      const run = await begun()
      const approval = sample(run)
      await agentApprovals.insert([approval])
      return { run, approval }
    }
    return { agentRuns, agentApprovals, tenantId, userId, lease, begun, sample, asked, storage }
  }
  const approve = { status: 'approved', reason: null, at: at(1) } as const
  const pending = { status: 'pending', reason: null, decidedAt: null } as const

  test('an approval is found as it was asked for, in its tenant only; a call that has one keeps it', async () => {
    const { agentApprovals, tenantId, userId, begun, sample, storage } = await open()
    const run = await begun()
    const [first, second] = [sample(run), sample(run)]
    await agentApprovals.insert([first, second])
    await agentApprovals.insert([sample(run, { callId: first.callId, tool: 'other' })])
    expect(await agentApprovals.find(tenantId, first.id)).toEqual({ ...first, ...pending })
    const both = [
      { ...first, ...pending },
      { ...second, ...pending },
    ]
    expect(await agentApprovals.listOfRun(tenantId, run.id)).toEqual(both)
    const list = (after: string | null, limit = 10, when = at(1)) =>
      agentApprovals.listPending(tenantId, userId, when, { limit, after })
    expect(await list(null)).toEqual(both)
    expect(await list(null, 1)).toEqual(both.slice(0, 1))
    expect(await list(first.id)).toEqual(both.slice(1))
    expect(await list(null, 10, at(60))).toEqual([])
    expect(await agentApprovals.listPending(tenantId, newId('usr'), now, { limit: 9, after: null })).toEqual(
      [],
    )
    const stranger = await storedTenant(storage)
    expect(await agentApprovals.find(stranger, first.id)).toBe(null)
    expect(await agentApprovals.listOfRun(stranger, run.id)).toEqual([])
    expect(await agentApprovals.listPending(stranger, userId, now, { limit: 9, after: null })).toEqual([])
    expect(await agentApprovals.decide(stranger, first.id, approve)).toBe(null)
    await agentApprovals.withdraw(stranger, run.id, at(1))
    expect(await list(null)).toEqual(both)
    await agentApprovals.decide(tenantId, first.id, approve)
    expect(await agentApprovals.take(stranger, first.id, at(2))).toBe(false)
  })

  test('of concurrent callers one decides, and one may carry out what was approved', async () => {
    const { agentApprovals, tenantId, asked } = await open()
    const { approval } = await asked()
    expect(await agentApprovals.take(tenantId, approval.id, at(1))).toBe(false)
    const decisions = winners(
      await race((racer) => agentApprovals.decide(tenantId, approval.id, { ...approve, reason: `${racer}` })),
    )
    expect(decisions).toHaveLength(64)
    const [decided, ...others] = decisions.filter((record) => record !== null)
    expect(others).toEqual([])
    expect(await agentApprovals.find(tenantId, approval.id)).toEqual(decided)
    expect(decided ?? {}).toMatchObject({ status: 'approved', decidedAt: at(1) })
    const taken = winners(await race(() => agentApprovals.take(tenantId, approval.id, at(2))))
    expect(taken).toHaveLength(64)
    expect(taken.filter(Boolean)).toHaveLength(1)
  })

  test('what was rejected, has expired or was withdrawn is never carried out, nor decided again', async () => {
    const { agentApprovals, tenantId, asked } = await open()
    const [rejected, late, withdrawn] = [await asked(), await asked(), await asked()]
    await agentApprovals.decide(tenantId, rejected.approval.id, {
      status: 'rejected',
      reason: 'no',
      at: at(1),
    })
    await agentApprovals.withdraw(tenantId, withdrawn.run.id, at(2))
    expect(await agentApprovals.decide(tenantId, late.approval.id, { ...approve, at: at(60) })).toBe(null)
    expect(await agentApprovals.expire(at(59), 10)).toBe(0)
    expect(await agentApprovals.expire(at(60), 10)).toBe(1)
    for (const [{ approval }, status] of [
      [rejected, 'rejected'],
      [late, 'expired'],
      [withdrawn, 'withdrawn'],
    ] as const) {
      expect((await agentApprovals.find(tenantId, approval.id)) ?? {}).toMatchObject({ status })
      expect(await agentApprovals.decide(tenantId, approval.id, approve)).toBe(null)
      expect(await agentApprovals.take(tenantId, approval.id, at(1))).toBe(false)
    }
  })

  test('a run waits, and goes on with new scopes when nothing of it is pending; of concurrent callers one goes on', async () => {
    const { agentRuns, agentApprovals, tenantId, asked, lease } = await open()
    const { run, approval } = await asked()
    expect(await agentRuns.pause(tenantId, run.id, 'somebody else')).toBe(false)
    expect(await agentRuns.pause(tenantId, run.id, 'a')).toBe(true)
    expect(await agentRuns.pause(tenantId, run.id, 'a')).toBe(false)
    expect((await agentRuns.findActive(tenantId, run.conversationId)) ?? {}).toMatchObject({
      id: run.id,
      status: 'waiting',
      pauses: 1,
    })
    expect(await agentRuns.resume(tenantId, run.id, lease)).toBe(null)
    expect(await agentRuns.adopt(at(90), lease, 10)).toEqual([])
    expect(await agentRuns.rescope(tenantId, run.id, ['fresh'])).toBe(true)
    await agentApprovals.decide(tenantId, approval.id, approve)
    const resumed = winners(
      await race((racer) => agentRuns.resume(tenantId, run.id, { ...lease, owner: `${racer}` })),
    )
    expect(resumed).toHaveLength(64)
    const [one, ...others] = resumed.filter((record) => record !== null)
    expect(others).toEqual([])
    expect(one ?? {}).toMatchObject({ status: 'running', scopes: ['fresh'], pauses: 1 })
    expect(await agentRuns.end(tenantId, run.id, 'a', { ...ended, endedAt: at(9) })).toBe(null)
  })

  test('a run that nobody has taken on after the last decision is taken over', async () => {
    const { agentRuns, agentApprovals, tenantId, asked, lease } = await open()
    const { run } = await asked()
    await agentRuns.pause(tenantId, run.id, 'a')
    await agentApprovals.expire(at(60), 10)
    const later = { ...lease, until: at(99) }
    const adopted = winners(await race(() => agentRuns.adopt(at(61), later, 10))).flat()
    expect(adopted.map(({ id, attempts }) => ({ id, attempts }))).toEqual([{ id: run.id, attempts: 1 }])
    expect(
      await agentRuns.end(tenantId, run.id, 'a', { status: 'expired', errorCode: 'e', endedAt: at(62) }),
    ).toEqual({ isNextWaiting: false })
    expect(await agentRuns.rescope(tenantId, run.id, [])).toBe(false)
  })

  test('a run that waits is asked to end, and does not pause once it was asked', async () => {
    const { agentRuns, agentApprovals, tenantId, asked, lease } = await open()
    const { run } = await asked()
    await agentRuns.pause(tenantId, run.id, 'a')
    const change = { discarding: true, at: at(2) }
    expect((await agentRuns.cancel(tenantId, run.id, change)) ?? {}).toMatchObject({
      status: 'waiting',
      cancelling: true,
      discarding: true,
    })
    await agentApprovals.withdraw(tenantId, run.id, at(2))
    expect((await agentRuns.resume(tenantId, run.id, lease)) ?? {}).toMatchObject({ cancelling: true })
    expect(await agentRuns.pause(tenantId, run.id, 'a')).toBe(false)
  })
}

const ended = { status: 'completed', errorCode: null } as const
