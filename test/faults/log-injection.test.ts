import { memoryStorage } from '@corbel/adapters/memory'
import { pinoLogger } from '@corbel/adapters/pino'
import { auth } from '@corbel/auth'
import { createStack, fromEnv } from '@corbel/core'
import { consoleLogger, type Logger } from '@corbel/core/ports'
import { status } from '@corbel/core/status'
import { tenant } from '@corbel/core/tenant'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { cheapHasher } from '../auth/cheap-hasher.fixture.ts'
import { peppers } from '../auth/support.fixture.ts'

const origin = 'http://127.0.0.1:3000'

/** What ends a line, a string or a header, or steers a terminal; a header takes no line break from whoever calls. */
const inHeaders = ['a\u001b[2J', '"}\t{"level":"fatal"', 'a\u009b31m', '\\', '%0d%0aset-cookie: forged=1']
const inText = [...inHeaders, 'a\r\nset-cookie: forged=1', 'a\n{"level":"fatal"}', '\u2028line', '\u0000']

const headers = ['x-request-id', 'user-agent', 'traceparent', 'origin', 'referer', 'idempotency-key', 'x-tenant-id', 'x-forwarded-for', 'authorization', 'accept-language', 'if-match', 'last-event-id']
const paths = ['/', '/api/v1/nothing/', '/status?x=', '/api/v1/users/me?', '/mails/']

/** Requests with a hostile value in everything that is logged or comes back in a header. */
function* hostileRequests(): Generator<Request> {
  for (const value of inHeaders)
    for (const name of headers) {
      const latin1 = new TextDecoder('latin1').decode(new TextEncoder().encode(value))
      yield new Request(`${origin}/health`, { headers: { [name]: latin1 } })
    }
  for (const value of inText) {
    for (const path of paths) yield new Request(origin + path + encodeURIComponent(value))
    const json = (path: string, body: object) =>
      new Request(origin + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    yield json('/api/v1/auth/token', { email: value, password: value, [value]: value })
    yield json('/api/v1/auth/register', { email: 'ada@example.com', password: 'correct horse battery', tenantName: value, acceptTerms: true })
    yield json('/api/v1/auth/password/forgot', { email: value })
    yield json('/api/v1/logs', { level: 'error', message: value })
    yield json('/oauth/token', { grant_type: value, client_id: value })
  }
}

const loggers: readonly (readonly [string, (write: (text: string) => void) => Logger])[] = [
  ['pino', (write) => pinoLogger({ logger: pino({ level: 'debug' }, { write }) })],
  ['the console', (write) => consoleLogger({ level: 'debug', write })],
]

test.each(loggers)('F23: nothing in a request begins a line in the log of %s, or a header of the answer', async (name, open) => {
  let written = ''
  const stack = createStack({
    modules: [tenant(), auth({ passwords: cheapHasher }), status()],
    storage: memoryStorage(),
    logger: open((text) => void (written += text.endsWith('\n') ? text : `${text}\n`)),
    settings: fromEnv(peppers),
  })
  let requests = 0
  for (const request of hostileRequests()) {
    const response = await stack.fetch(request, { remoteAddress: '192.0.2.1' })
    await response.text()
    requests++
    expect(response.status, request.url).toBeLessThan(500)
    expect(response.headers.get('set-cookie'), request.url).toBe(null)
    for (const [key, value] of response.headers) expect(key + value, request.url).not.toMatch(/forged|\u001b|\u009b/)
  }
  // oxlint-disable-next-line no-control-regex
  expect(written).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/)
  const lines = written.trimEnd().split('\n')
  const answers = lines.filter((line) => (name === 'pino' ? (JSON.parse(line) as { msg: string }).msg === 'request' : / request \{/.test(line)))
  expect(answers).toHaveLength(requests)
  expect(requests).toBeGreaterThan(120)
})
