import { memoryStorage } from '@corbel/adapters/memory'
import {
  anyone,
  createStack,
  defineContract,
  defineModule,
  eventStream,
  fromEnv,
  implement,
  ok,
} from '@corbel/core'
import { type RecordedSpan, recordingLogger, recordingTracer, silentLogger } from '@corbel/core/ports'
import { expect, test } from 'vitest'
import * as z from 'zod'

const traceId = '0af7651916cd43dd8448eb211c80319c'
const header = `00-${traceId}-b7ad6b7169203331-01`

const contract = defineContract('thing', '/api/v1/things', {
  get: {
    method: 'GET',
    path: '/{id}',
    access: anyone,
    summary: 'Reads a thing',
    params: z.object({ id: z.string() }),
    query: z.object({ q: z.string().optional() }),
    success: ok(z.object({ id: z.string() })),
  },
  stream: {
    method: 'GET',
    path: '/{id}/stream',
    access: anyone,
    summary: 'Follows a thing',
    params: z.object({ id: z.string() }),
    success: eventStream(z.object({ id: z.string() })),
  },
})

async function* follow(id: string) {
  yield { id: '1', data: { id } }
}

const things = () =>
  defineModule({
    name: 'things',
    services: () => ({}),
    routes: () =>
      implement(contract, {
        get: async ({ params }) => {
          if (params.id === 'broken') throw new Error('the database password is hunter2')
          return { id: params.id }
        },
        stream: async ({ params }) => follow(params.id),
      }),
  })

function traced() {
  const tracer = recordingTracer()
  const settings = fromEnv({ APP_PUBLIC_URL: 'https://api.example.com' })
  const stack = createStack({
    modules: [things()],
    storage: memoryStorage(),
    logger: silentLogger,
    settings,
    tracer,
  })
  const send = async (method: string, path: string, headers: Record<string, string> = {}) => {
    const response = await stack.fetch(new Request(`https://api.example.com${path}`, { method, headers }))
    return { response, span: tracer.spans.at(-1) as RecordedSpan }
  }
  return { tracer, send }
}

test('a request is one span with the pattern of its route, and continues the trace of its caller', async () => {
  const { tracer, send } = traced()
  const { response, span } = await send('GET', '/api/v1/things/secret-id?q=secret', { traceparent: header })
  expect(response.status).toBe(200)
  expect(tracer.spans).toHaveLength(1)
  expect(span).toMatchObject({
    name: 'GET /api/v1/things/{id}',
    kind: 'server',
    traceId,
    parentSpanId: 'b7ad6b7169203331',
    error: null,
  })
  expect(span.attributes).toEqual({
    'http.request.method': 'GET',
    'http.route': '/api/v1/things/{id}',
    'http.response.status_code': 200,
    'url.scheme': 'https',
    'server.address': 'api.example.com',
    'corbel.request_id': response.headers.get('x-request-id'),
  })
  expect(JSON.stringify(tracer.spans)).not.toContain('secret')
})

test('a defect fails the span and does not tell why; a refusal does not fail it', async () => {
  const { send, tracer } = traced()
  const { span } = await send('GET', '/api/v1/things/broken')
  expect(span.error?.type).toBe('500')
  expect(span.attributes['http.response.status_code']).toBe(500)
  expect(JSON.stringify(tracer.spans)).not.toContain('hunter2')
  expect((await send('POST', '/api/v1/things/a')).span).toMatchObject({ name: 'POST', error: null })
})

test('what was not found and what is no method or path have names of which there are few', async () => {
  const { send } = traced()
  for (const [method, path, name, status] of [
    ['GET', '/nowhere/secret-id', 'GET', 404],
    ['SECRET', '/api/v1/things/a', 'HTTP', 405],
    ['GET', '/api/v1/things/%2e%2e%2fa', 'GET', 400],
    ['HEAD', '/api/v1/things/a', 'HEAD /api/v1/things/{id}', 200],
  ] as const) {
    const { span } = await send(method, path)
    expect([span.name, span.attributes['http.response.status_code']]).toEqual([name, status])
    expect(JSON.stringify(span)).not.toContain('SECRET')
  }
})

test('a stream that is still open has its span, and an invalid traceparent begins a trace', async () => {
  const { send } = traced()
  const { response, span } = await send('GET', '/api/v1/things/a/stream', { traceparent: 'nonsense' })
  expect(span).toMatchObject({ name: 'GET /api/v1/things/{id}/stream', parentSpanId: null })
  await response.body?.cancel()
})

test('without a tracer the answer and the log are the same', async () => {
  const logger = recordingLogger()
  const stack = createStack({ modules: [things()], storage: memoryStorage(), logger, settings: fromEnv({}) })
  const headers = { traceparent: header }
  const response = await stack.fetch(new Request('http://127.0.0.1:3000/api/v1/things/a', { headers }))
  expect(response.status).toBe(200)
  expect(logger.lines.at(-1)?.fields['traceId']).toBe(traceId)
})
