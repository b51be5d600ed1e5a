import type { ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { type LoopbackServer, openLoopback } from './loopback-server.ts'
import { type AskedBody, Malformed, type Said, saidToChat, saidToResponses, toolsOf } from './said.ts'

export interface Asked {
  readonly api: 'responses' | 'chat'
  readonly said: readonly Said[]
  readonly tools: readonly string[]
  readonly body: AskedBody
}

export type Reply = { readonly say: string } | { readonly call: string; readonly args: object }

/** An OpenAI-compatible server that is as strict as OpenAI about what it is asked. */
export interface OpenaiServer extends LoopbackServer {
  readonly baseUrl: string
  readonly key: string
  readonly asked: readonly Asked[]
  /** Why requests were answered 400 or 401. */
  readonly refused: readonly string[]
}

// Slow enough that an answer can be cut in its middle.
const pieceMs = 10

/** Answers both APIs as streams, word by word. */
export async function openOpenaiServer(answer: (asked: Asked) => Reply): Promise<OpenaiServer> {
  const key = `sk-drill-${crypto.randomUUID()}`
  const asked: Asked[] = []
  const refused: string[] = []
  let count = 0
  const server = await openLoopback((request, response, text) => {
    try {
      if (request.headers.authorization !== `Bearer ${key}`) throw new Malformed('Incorrect API key provided')
      const next = read(request.url ?? '', text)
      asked.push(next)
      void send(response, next.api, answer(next), ++count)
    } catch (error) {
      if (!(error instanceof Malformed)) throw error
      refused.push(error.message)
      response.writeHead(400, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ error: { message: error.message, type: 'invalid_request_error' } }))
    }
  })
  return { ...server, baseUrl: `${server.url}/v1`, key, asked, refused }
}

/** @throws Malformed */
function read(path: string, text: string): Asked {
  const body = JSON.parse(text) as AskedBody
  if (typeof body.model !== 'string' || body.stream !== true) throw new Malformed('No model, or no stream')
  if (path === '/v1/responses') {
    if (body.store !== false) throw new Malformed('What is asked is not to be kept')
    return { api: 'responses', said: saidToResponses(body), tools: toolsOf(body), body }
  }
  if (path === '/v1/chat/completions')
    return { api: 'chat', said: saidToChat(body), tools: toolsOf(body), body }
  throw new Malformed(`Unknown path ${path}`)
}

async function send(response: ServerResponse, api: Asked['api'], reply: Reply, count: number) {
  response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
  const events = api === 'responses' ? responsesEvents(reply, count) : chatEvents(reply, count)
  for await (const event of events) response.write(event)
  response.end()
}

const piecesOf = (text: string): readonly string[] => text.match(/\S+\s*/g) ?? []

async function* responsesEvents(reply: Reply, count: number): AsyncGenerator<string> {
  let sequence = 0
  const event = (type: string, fields: object) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence++, ...fields })}\n\n`
  const item =
    'say' in reply
      ? {
          id: `msg_${count}`,
          type: 'message',
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', text: reply.say, annotations: [] }],
        }
      : {
          id: `fc_${count}`,
          type: 'function_call',
          status: 'completed',
          call_id: `call_${count}`,
          name: reply.call,
          arguments: JSON.stringify(reply.args),
        }
  const response = {
    id: `resp_${count}`,
    object: 'response',
    created_at: 1,
    status: 'completed',
    output: [item],
    usage: {
      input_tokens: 11,
      output_tokens: 7,
      total_tokens: 18,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens_details: { reasoning_tokens: 0 },
    },
  }
  yield event('response.created', {
    response: { ...response, status: 'in_progress', output: [], usage: null },
  })
  if ('say' in reply)
    for (const delta of piecesOf(reply.say)) {
      yield event('response.output_text.delta', {
        item_id: item.id,
        output_index: 0,
        content_index: 0,
        delta,
      })
      await delay(pieceMs)
    }
  yield event('response.output_item.done', { output_index: 0, item })
  yield event('response.completed', { response })
}

async function* chatEvents(reply: Reply, count: number): AsyncGenerator<string> {
  const base = { id: `chatcmpl_${count}`, object: 'chat.completion.chunk', created: 1, model: 'any' }
  const chunk = (fields: object) => `data: ${JSON.stringify({ ...base, ...fields })}\n\n`
  const choice = (delta: object, reason: string | null = null) =>
    chunk({ choices: [{ index: 0, delta, finish_reason: reason }] })
  if ('say' in reply)
    for (const content of piecesOf(reply.say)) {
      yield choice({ role: 'assistant', content })
      await delay(pieceMs)
    }
  else {
    const called = { name: reply.call, arguments: JSON.stringify(reply.args) }
    const call = { index: 0, id: `call_${count}`, type: 'function', function: called }
    yield choice({ role: 'assistant', tool_calls: [call] })
  }
  yield choice({}, 'say' in reply ? 'stop' : 'tool_calls')
  yield chunk({ choices: [], usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 } })
  yield 'data: [DONE]\n\n'
}
