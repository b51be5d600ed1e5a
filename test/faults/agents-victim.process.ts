import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import type { Id } from '@corbel/core'
import { type AgentsPlace, openAgentsStack } from './agents-stack.fixture.ts'

/** What a process is to do before it dies. */
export interface Deed {
  readonly tenantId: Id<'ten'>
  readonly userId: Id<'usr'>
  readonly conversationId: Id<'cnv'>
  readonly message: string
  readonly clientMessageId: string
  readonly dieAt: string
  /** From there. */
  readonly dieAfterMs: number
}

// Works on one run and dies by `kill -9` at or soon after a step of it: `node agents-victim.process.ts <place>`, then a line with
// the deed. Prints `ready`, and `acknowledged` when the message was.
const place = JSON.parse(process.argv[2] ?? '') as AgentsPlace

let dieAt = ''
let dieAfterMs = 0
const die = () => process.kill(process.pid, 'SIGKILL')
const { stack, storage } = openAgentsStack(place, (step) => {
  if (step !== dieAt) return
  if (dieAfterMs === 0) die()
  else setTimeout(die, dieAfterMs)
})
// Jobs are left to others: this process dies of its own run, not of another's that it took over.
await stack.start(undefined, { workers: false })
await stack.readiness()
process.stdout.write('ready\n')

for await (const line of createInterface(process.stdin)) {
  const deed = JSON.parse(line) as Deed
  ;({ dieAt, dieAfterMs } = deed)
  const { tenantId, userId, conversationId, message, clientMessageId } = deed
  const caller = { tenantId, userId, scopes: new Set<string>() }
  const { runs, approvals } = stack.agents
  const run = await runs.begin(caller, conversationId, { message, clientMessageId, whenBusy: 'reject' })
  process.stdout.write('acknowledged\n')
  const stateOf = async () => (await storage.repositories.agents.agentRuns.find(tenantId, run.id))?.status
  for (let status = await stateOf(); status === 'running' || status === 'waiting'; status = await stateOf()) {
    if (status === 'waiting')
      for (const { id } of (await approvals.list(caller, { limit: 10 })).data)
        await approvals.decide(caller, id, { decision: 'approve' })
    await delay(10)
  }
  await delay(500)
  // Nobody killed it: the step was never passed.
  process.exit(1)
}
