import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

type Fields = Readonly<Record<string, unknown>>
type Mode = 'well' | 'busy' | 'broken' | 'garbage' | 'stalled' | 'cut'

/** What a vendor's API asks and answers, as far as agents go: one call of the tool `look`, then words about its result. */
interface Dialect {
  /** Why the vendor would answer 400; null when the request is well-formed. */
  refuse(path: string, headers: IncomingHttpHeaders, body: Fields): string | null
  hasResult(body: Fields): boolean
  call(send: (event: Fields) => void): void
  say(send: (event: Fields) => void, text: string): void
  end(send: (event: Fields) => void): void
}

const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? (value as Fields[]) : [])
const fieldsOf = (value: unknown): Fields => (value ?? {}) as Fields

export const anthropicDialect: Dialect = {
  refuse(path, headers, { messages, max_tokens, stream }) {
    if (path !== '/v1/messages') return `no such path ${path}`
    if (headers['anthropic-version'] === undefined || headers['x-api-key'] === undefined) return 'no headers'
    if (stream !== true || typeof max_tokens !== 'number') return 'no stream or max_tokens'
    const turns = listOf(messages)
    if (turns.some(({ role }, n) => role !== (n % 2 === 0 ? 'user' : 'assistant')))
      return 'roles must alternate'
    const ids = (turn: Fields | undefined, type: string, field: string) =>
      listOf(turn?.['content']).flatMap((part) => (part['type'] === type ? [part[field]] : []))
    const isPaired = turns.every(
      (turn, n) =>
        ids(turn, 'tool_use', 'id').join() === ids(turns[n + 1], 'tool_result', 'tool_use_id').join(),
    )
    return isPaired ? null : 'tool_use without tool_result'
  },
  hasResult: ({ messages }) => JSON.stringify(listOf(messages).at(-1)).includes('tool_result'),
  call(send) {
    start(send)
    const content_block = { type: 'tool_use', id: 'toolu_1', name: 'look', input: {} }
    send({ type: 'content_block_start', index: 0, content_block })
    for (const partial_json of ['{"page":', '"p1"}'])
      send({ type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json } })
    send({ type: 'content_block_stop', index: 0 })
    stop(send, 'tool_use')
  },
  say(send, text) {
    start(send)
    send({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } })
    for (const piece of text.match(/.{1,4}/g) ?? [])
      send({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: piece } })
  },
  end(send) {
    send({ type: 'content_block_stop', index: 0 })
    stop(send, 'end_turn')
  },
}

function start(send: (event: Fields) => void): void {
  const usage = {
    input_tokens: 8,
    cache_read_input_tokens: 3,
    cache_creation_input_tokens: 0,
    output_tokens: 1,
  }
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [], usage }
  send({ type: 'message_start', message: { ...message, stop_reason: null, stop_sequence: null } })
}

function stop(send: (event: Fields) => void, stop_reason: string): void {
  send({ type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: 7 } })
  send({ type: 'message_stop' })
}

const candidate = (part: Fields | null, finishReason?: string): Fields => ({
  candidates: [{ index: 0, content: { role: 'model', parts: part ? [part] : [] }, finishReason }],
})

export const geminiDialect: Dialect = {
  refuse(path, headers, { contents }) {
    if (path !== '/v1/models/m:streamGenerateContent?alt=sse') return `no such path ${path}`
    if (headers['x-goog-api-key'] === undefined) return 'no key'
    const turns = listOf(contents)
    const parts = (turn: Fields | undefined, kind: string) =>
      listOf(turn?.['parts']).filter((part) => kind in part)
    if (turns[0]?.['role'] !== 'user') return 'must begin with the user'
    for (const [n, turn] of turns.entries()) {
      const calls = parts(turn, 'functionCall')
      if (calls.length !== parts(turns[n + 1], 'functionResponse').length) return 'calls and responses differ'
      if (calls.some(({ thoughtSignature }) => thoughtSignature !== 'signed')) return 'no signature'
    }
    return null
  },
  hasResult: ({ contents }) => JSON.stringify(listOf(contents).at(-1)).includes('functionResponse'),
  call(send) {
    const functionCall = { name: 'look', args: { page: 'p1' } }
    send({ ...candidate({ functionCall, thoughtSignature: 'signed' }, 'STOP'), usageMetadata })
  },
  say(send, text) {
    for (const piece of text.match(/.{1,4}/g) ?? []) send(candidate({ text: piece }))
  },
  end: (send) => send({ ...candidate(null, 'STOP'), usageMetadata }),
}

const usageMetadata = {
  promptTokenCount: 11,
  cachedContentTokenCount: 3,
  candidatesTokenCount: 7,
  totalTokenCount: 18,
}

/** Speaks as a vendor does on loopback, and refuses what it would refuse. */
export async function fakeVendor(dialect: Dialect) {
  const calls: { readonly headers: IncomingHttpHeaders; readonly body: Fields }[] = []
  const refusals: string[] = []
  const state = { mode: 'well' as Mode, closed: 0 }

  function answer(to: ServerResponse, path: string, headers: IncomingHttpHeaders, body: Fields): void {
    const fail = (status: number, message: string): void => {
      to.writeHead(status, { 'content-type': 'application/json' })
      to.end(JSON.stringify({ error: { type: 'error', code: status, status: 'S', message } }))
    }
    calls.push({ headers, body })
    to.on('close', () => void (state.closed += 1))
    const refusal = dialect.refuse(path, headers, body)
    if (refusal !== null) {
      refusals.push(refusal)
      return fail(400, refusal)
    }
    if (state.mode === 'busy') return fail(429, `busy, says ${headers.host}`)
    if (state.mode === 'broken') return fail(500, 'internal words')
    to.writeHead(200, { 'content-type': 'text/event-stream' })
    const send = (event: Fields): void =>
      void to.write(`event: ${String(event['type'])}\ndata: ${JSON.stringify(event)}\n\n`)
    if (state.mode === 'garbage')
      return void to.end('data: {"what": \n\ndata: <html>internal words</html>\n\n')
    if (!dialect.hasResult(body) && fieldsOf(body)['tools'] !== undefined && state.mode === 'well') {
      dialect.call(send)
      return void to.end()
    }
    dialect.say(send, 'It is 42.')
    if (state.mode === 'stalled') return
    if (state.mode === 'cut') return void setTimeout(() => to.destroy(), 20)
    dialect.end(send)
    to.end()
  }

  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const body = JSON.parse(Buffer.concat(chunks).toString() || '{}') as Fields
      answer(response, request.url ?? '', request.headers, body)
    })()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    calls,
    refusals,
    state,
    baseUrl: `http://127.0.0.1:${port}/v1`,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      }),
  }
}
