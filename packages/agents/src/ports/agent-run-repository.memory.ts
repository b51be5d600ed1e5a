import type { Id } from '@corbel/core'
import type { AgentRunRecord, AgentRunRepository } from './agent-run-repository.ts'
import type { AgentRunRow, AgentsTables } from './agents-tables.memory.ts'
import { memoryConversationItems } from './conversation-items.memory.ts'
import type { AgentRunId, ConversationId } from './conversation-items.ts'

export function memoryAgentRunRepository({
  agentRuns,
  agentApprovals,
  ...tables
}: Pick<
  AgentsTables,
  | 'agentRuns'
  | 'agentApprovals'
  | 'agentUsage'
  | 'conversations'
  | 'conversationItems'
  | 'conversationSummaries'
>): AgentRunRepository {
  const items = memoryConversationItems(tables)
  const rows = () => [...agentRuns.values()]
  const find = (tenantId: Id<'ten'>, id: AgentRunId) => {
    const row = agentRuns.get(id)
    return row?.tenantId === tenantId ? row : null
  }
  const ofConversation = (tenantId: Id<'ten'>, id: ConversationId) =>
    rows().filter((row) => row.tenantId === tenantId && row.conversationId === id)
  const active = (tenantId: Id<'ten'>, id: ConversationId) =>
    ofConversation(tenantId, id).find(isActive) ?? null

  const isDecided = ({ tenantId, id, status }: AgentRunRow) =>
    status === 'waiting' &&
    [...agentApprovals.values()].every(
      (row) => row.tenantId !== tenantId || row.runId !== id || row.status !== 'pending',
    )

  function replace(row: AgentRunRow, change: Partial<AgentRunRow>): AgentRunRecord {
    const changed = { ...row, ...change }
    agentRuns.set(row.id, changed)
    return shown(changed)
  }

  return {
    async begin(run, { owner, until }, mayWait, said) {
      const { tenantId, conversationId, clientMessageId, createdAt } = run
      if (!(await items.isOpenTo(tenantId, conversationId, run.userId))) return { outcome: 'closed' }
      const known = ofConversation(tenantId, conversationId).find(
        (row) => row.clientMessageId === clientMessageId,
      )
      if (known) return { outcome: 'repeated', run: shown(known) }
      const isBusy = active(tenantId, conversationId) !== null
      if (isBusy && !mayWait) return { outcome: 'busy' }
      const outcome = isBusy ? 'queued' : 'running'
      const row: AgentRunRow = {
        ...structuredClone(run),
        status: outcome,
        cancelling: false,
        discarding: false,
        pauses: 0,
        attempts: isBusy ? 0 : 1,
        errorCode: null,
        endedAt: null,
        owner: isBusy ? null : owner,
        leaseUntil: isBusy ? null : until,
      }
      const begun = replace(row, {})
      if (!isBusy)
        await items.append(tenantId, conversationId, [{ ...said, runId: run.id, clientMessageId, createdAt }])
      return { outcome, run: begun }
    },

    async find(tenantId, id) {
      const row = find(tenantId, id)
      return row && shown(row)
    },

    async findActive(tenantId, conversationId) {
      const row = active(tenantId, conversationId)
      return row && shown(row)
    },

    async renew(tenantId, id, { owner, until }) {
      const row = find(tenantId, id)
      if (row?.status !== 'running' || row.owner !== owner) return 'lost'
      replace(row, { leaseUntil: until })
      return row.cancelling ? 'cancelling' : 'held'
    },

    async handOver(tenantId, id, owner, agent) {
      const row = find(tenantId, id)
      if (row?.status !== 'running' || row.owner !== owner) return false
      replace(row, { agent })
      return true
    },

    async end(tenantId, id, owner, end) {
      const row = find(tenantId, id)
      if (row?.status !== 'running' || row.owner !== owner) return null
      replace(row, { ...end, owner: null, leaseUntil: null })
      const others = ofConversation(tenantId, row.conversationId)
      return { isNextWaiting: others.some(({ status }) => status === 'queued') }
    },

    async pause(tenantId, id, owner) {
      const row = find(tenantId, id)
      if (row?.status !== 'running' || row.owner !== owner || row.cancelling) return false
      replace(row, { status: 'waiting', owner: null, leaseUntil: null, pauses: row.pauses + 1 })
      return true
    },

    async rescope(tenantId, id, scopes) {
      const row = find(tenantId, id)
      if (!row || !isActive(row)) return false
      replace(row, { scopes: [...scopes] })
      return true
    },

    async resume(tenantId, id, { owner, until }) {
      const row = find(tenantId, id)
      return row && isDecided(row) ? replace(row, { status: 'running', owner, leaseUntil: until }) : null
    },

    async cancel(tenantId, id, { discarding, at }) {
      const row = find(tenantId, id)
      if (row?.status === 'queued') return replace(row, { status: 'cancelled', endedAt: at })
      if (!row || !isActive(row)) return null
      return replace(row, { cancelling: true, discarding: row.discarding || discarding })
    },

    async next(tenantId, conversationId, { owner, until }) {
      if (active(tenantId, conversationId)) return null
      const [row] = ofConversation(tenantId, conversationId)
        .filter(({ status }) => status === 'queued')
        .toSorted((a, b) => (a.id < b.id ? -1 : 1))
      return row ? replace(row, { status: 'running', owner, leaseUntil: until, attempts: 1 }) : null
    },

    async adopt(now, { owner, until }, limit) {
      return rows()
        .filter(
          (row) =>
            isDecided(row) || (row.status === 'running' && row.leaseUntil !== null && row.leaseUntil < now),
        )
        .slice(0, limit)
        .map((row) =>
          replace(row, {
            status: 'running',
            owner,
            leaseUntil: until,
            attempts: row.status === 'running' ? row.attempts + 1 : row.attempts,
          }),
        )
    },

    async listStalled(limit) {
      const stalled = new Map<ConversationId, Pick<AgentRunRecord, 'tenantId' | 'conversationId'>>()
      for (const { status, tenantId, conversationId } of rows())
        if (status === 'queued' && !active(tenantId, conversationId))
          stalled.set(conversationId, { tenantId, conversationId })
      return [...stalled.values()].slice(0, limit)
    },
  }
}

const isActive = ({ status }: AgentRunRow): boolean => status === 'running' || status === 'waiting'

const shown = ({ owner: _, leaseUntil: __, ...run }: AgentRunRow): AgentRunRecord => structuredClone(run)
