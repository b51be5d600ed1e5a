import type { Models } from '@corbel/agents/ports'
import type { Id } from '@corbel/core'

type Model = Awaited<ReturnType<Models['model']>>
type ModelRequest = Parameters<Model['getStreamedResponse']>[0]
type StreamEvent = ReturnType<Model['getStreamedResponse']> extends AsyncIterable<infer E> ? E : never
type Output = Extract<StreamEvent, { readonly type: 'response_done' }>['response']['output']

export interface Asked {
  readonly tenantId: Id<'ten'>
  readonly model: string
  readonly request: ModelRequest
}

type Step = (asked: Asked) => AsyncIterable<StreamEvent>

export const saying = (text: string): Output => [
  {
    type: 'message',
    role: 'assistant',
    status: 'completed',
    content: [{ type: 'output_text', text }],
  },
]

let count = 0

export const calling = (name: string, args: object): Output => [
  {
    type: 'function_call',
    status: 'completed',
    name,
    callId: `call_${(count += 1)}`,
    arguments: JSON.stringify(args),
  },
]

export const done = (output: Output): StreamEvent => ({
  type: 'response_done',
  response: { id: 'resp', output, usage: { requests: 1, inputTokens: 11, outputTokens: 7, totalTokens: 18 } },
})

export const delta = (text: string): StreamEvent => ({ type: 'output_text_delta', delta: text })

/** Says a text in pieces, and that is all. */
export const says = (text: string): Step =>
  async function* () {
    yield { type: 'response_started' }
    for (const piece of text.match(/.{1,4}/gs) ?? []) yield delta(piece)
    yield done(saying(text))
  }

export const calls = (name: string, args: object): Step =>
  async function* () {
    yield { type: 'response_started' }
    yield done(calling(name, args))
  }

/** Says something, and then nothing until it is told to go on, or the run is cancelled. */
export function hangs(text: string, rest: string) {
  const state = { aborted: 0 }
  let goOn = () => {}
  const released = new Promise<void>((resolve) => (goOn = resolve))
  let begun = () => {}
  const hasBegun = new Promise<void>((resolve) => (begun = resolve))
  const step: Step = async function* ({ request }) {
    yield { type: 'response_started' }
    yield delta(text)
    begun()
    await new Promise<void>((resolve, reject) => {
      void released.then(resolve)
      request.signal?.addEventListener('abort', () => {
        state.aborted += 1
        reject(new Error('aborted'))
      })
    })
    yield delta(rest)
    yield done(saying(text + rest))
  }
  return { step, state, goOn: () => goOn(), hasBegun }
}

/** Models that take one step of a script for each call, and a provider that refuses what real ones refuse. */
export function scriptedModels() {
  const asked: Asked[] = []
  const steps: Step[] = []
  const models: Models = {
    adapter: { name: 'scripted' },
    check: async () => {},
    model: async (tenantId, model) => ({
      getResponse: () => Promise.reject(new Error('not streamed')),
      async *getStreamedResponse(request) {
        asked.push({ tenantId, model, request })
        refuseOrphans(request)
        const step = steps.shift()
        if (!step) throw new Error('The script has no further step.')
        yield* step({ tenantId, model, request })
      },
    }),
  }
  return {
    models,
    asked,
    script: (...more: Step[]) => void steps.push(...more),
    forget: () => void (steps.length = 0),
  }
}

/** As OpenAI answers 400 to a call without a result, or a result without a call. */
function refuseOrphans({ input }: ModelRequest): void {
  const items = typeof input === 'string' ? [] : input
  const called = items.flatMap((item) => (item.type === 'function_call' ? [item.callId] : []))
  const answered = items.flatMap((item) => (item.type === 'function_call_result' ? [item.callId] : []))
  if (called.toSorted().join() !== answered.toSorted().join())
    throw Object.assign(new Error(`orphans: ${called.join()} and ${answered.join()}`), { status: 400 })
}
