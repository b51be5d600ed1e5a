import type { kyselyStorage } from '@corbel/adapters/kysely'
import type { Pass } from './agents-stack.fixture.ts'

type Storage = ReturnType<typeof kyselyStorage>
type Agents = Storage['repositories']['agents']
type Appended = Parameters<Agents['conversationItems']['append']>[2]

/** The step that storing these items is. */
function stepOf(items: Appended): string {
  const [first] = items
  const content = first?.content
  if (content === undefined) return 'nothing'
  if (content.type === 'function_call')
    return content.name.startsWith('transfer_to_') ? 'handoff called' : 'tool called'
  if (content.type === 'function_call_result')
    return content.name.startsWith('transfer_to_') ? 'handoff done' : 'tool done'
  return 'role' in content && content.role === 'assistant' ? 'answer kept' : 'said'
}

/**
 * A storage that tells, before and after, what a run writes.
 *
 * @param late - What items wait for that are said to be stored; null when they are.
 */
export function withSteps(storage: Storage, pass: Pass, late: (() => Promise<void>) | null): Storage {
  const around = async <T>(step: string, work: () => Promise<T>): Promise<T> => {
    pass(`${step}: before`)
    const done = await work()
    pass(`${step}: after`)
    return done
  }
  const told = (agents: Agents): Agents => {
    const { agentRuns, agentApprovals, conversationItems } = agents
    const append: Agents['conversationItems']['append'] = (...args) =>
      around(stepOf(args[2]), async () => {
        if (late === null) return conversationItems.append(...args)
        void late().then(() => conversationItems.append(...args))
        return args[2].map((_, index) => index)
      })
    return {
      ...agents,
      conversationItems: { ...conversationItems, append },
      agentRuns: {
        ...agentRuns,
        begin: (...args) => around('message', () => agentRuns.begin(...args)),
        handOver: (...args) => around('handed over', () => agentRuns.handOver(...args)),
        pause: (...args) => around('paused', () => agentRuns.pause(...args)),
        end: (...args) => around('end', () => agentRuns.end(...args)),
      },
      agentApprovals: {
        ...agentApprovals,
        insert: (...args) => around('asked', () => agentApprovals.insert(...args)),
        decide: (...args) => around('decided', () => agentApprovals.decide(...args)),
        take: (...args) => around('taken', () => agentApprovals.take(...args)),
      },
    }
  }
  const within = <S extends { readonly repositories: Storage['repositories'] }>(scope: S): S => ({
    ...scope,
    repositories: { ...scope.repositories, agents: told(scope.repositories.agents) },
  })
  return { ...within(storage), transaction: (work) => storage.transaction((scope) => work(within(scope))) }
}

/** A fetch that tells of the calls of a model: each before it is sent and when it was taken, and of the pieces of the third. */
export function toldFetch(fetch: typeof globalThis.fetch, pass: Pass): typeof globalThis.fetch {
  let count = 0
  return async (input, init) => {
    const step = `model call ${++count}`
    pass(`${step}: before`)
    const response = await fetch(input, init)
    pass(`${step}: after`)
    if (count !== 3 || response.body === null) return response
    let pieces = 0
    const telling = new TransformStream<Uint8Array, Uint8Array>({
      transform(piece, controller) {
        controller.enqueue(piece)
        if (++pieces === 4) pass('answer streaming')
      },
    })
    return new Response(response.body.pipeThrough(telling), response)
  }
}
