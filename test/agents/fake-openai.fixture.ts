import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ReceivedCall {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Readonly<Record<string, unknown>>
}

/** Speaks both APIs of OpenAI on loopback, as streams, and answers every call with the same words, after calls that it says it has carried out. */
export async function fakeOpenai(text: string, address = '127.0.0.1', hosted: readonly object[] = []) {
  const calls: ReceivedCall[] = []
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const path = request.url ?? ''
      const body = JSON.parse(Buffer.concat(chunks).toString() || '{}') as ReceivedCall['body']
      calls.push({ path, headers: request.headers, body })
      if (path.endsWith('/models')) return sendModels(response, request.headers.authorization ?? '')
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      if (path.endsWith('/responses')) sendResponses(response, text, hosted)
      else sendChunks(response, text)
      response.end()
    })()
  })
  await new Promise<void>((resolve) => server.listen(0, address, resolve))
  const { port } = server.address() as AddressInfo
  return {
    calls,
    baseURL: `http://${address}:${port}/v1`,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      }),
  }
}

/** Names, some of which nobody should see; a key with `bad` in it is refused in words that repeat it. */
function sendModels(to: ServerResponse, authorization: string): void {
  const isRefused = authorization.includes('bad')
  to.writeHead(isRefused ? 401 : 200, { 'content-type': 'application/json' })
  const names = ['gpt-b', 'gpt-a', '<script>', authorization]
  const data = names.map((id) => ({ id, object: 'model', created: 1, owned_by: 'fake' }))
  const error = { message: `Incorrect API key provided: ${authorization}`, type: 'invalid_request_error' }
  to.end(JSON.stringify(isRefused ? { error } : { object: 'list', data }))
}

const usage = { input: 11, output: 7, cached: 3, reasoning: 1 }

function sendResponses(to: ServerResponse, text: string, hosted: readonly object[]): void {
  let count = 0
  const send = (type: string, fields: object) =>
    to.write(`event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: count++, ...fields })}\n\n`)
  const content = [{ type: 'output_text', text, annotations: [] }]
  const item = { id: 'msg_1', type: 'message', role: 'assistant', status: 'completed', content }
  const response = {
    id: 'resp_1',
    object: 'response',
    created_at: 1,
    status: 'completed',
    output: [...hosted, item],
    usage: {
      input_tokens: usage.input,
      input_tokens_details: { cached_tokens: usage.cached },
      output_tokens: usage.output,
      output_tokens_details: { reasoning_tokens: usage.reasoning },
      total_tokens: usage.input + usage.output,
    },
  }
  send('response.created', { response: { ...response, status: 'in_progress', output: [], usage: null } })
  for (const [output_index, call] of hosted.entries())
    send('response.output_item.done', { output_index, item: call })
  for (const delta of text.match(/.{1,4}/g) ?? [])
    send('response.output_text.delta', { item_id: item.id, output_index: 0, content_index: 0, delta })
  send('response.output_item.done', { output_index: 0, item })
  send('response.completed', { response })
}

function sendChunks(to: ServerResponse, text: string): void {
  const base = { id: 'chatcmpl_1', object: 'chat.completion.chunk', created: 1, model: 'any' }
  const send = (fields: object) => to.write(`data: ${JSON.stringify({ ...base, ...fields })}\n\n`)
  for (const content of text.match(/.{1,4}/g) ?? [])
    send({ choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: null }] })
  send({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })
  send({
    choices: [],
    usage: {
      prompt_tokens: usage.input,
      completion_tokens: usage.output,
      total_tokens: usage.input + usage.output,
      prompt_tokens_details: { cached_tokens: usage.cached },
      completion_tokens_details: { reasoning_tokens: usage.reasoning },
    },
  })
  to.write('data: [DONE]\n\n')
}
