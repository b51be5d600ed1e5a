import { memoryStorage } from '@corbel/adapters/memory'
import { auth } from '@corbel/auth'
import { createStack, fromEnv } from '@corbel/core'
import { consoleLogger } from '@corbel/core/ports'
import { status } from '@corbel/core/status'
import { tenant } from '@corbel/core/tenant'
import { expect, test } from 'vitest'
import { cheapHasher } from '../auth/cheap-hasher.fixture.ts'
import { peppers } from '../auth/support.fixture.ts'

const origin = 'http://127.0.0.1:3000'
const logSecret = 'Zk3vQ9sLw2Xb7Nf5Ht8Rj4Mc6Pd1Ge0Y'

/** What ends a line, a string or a header, or steers a terminal; a header takes no line break from whoever calls. */
const inHeaders = ['a\u001b[2J', '"}\t{"level":"fatal"', 'a\u009b31m', '\\', '%0d%0aset-cookie: forged=1']
const inText = [...inHeaders, 'a\r\nset-cookie: forged=1', 'a\n{"level":"fatal"}', '\u2028line', '\u0000']

const headers = [
  'x-request-id',
  'user-agent',
  'traceparent',
  'origin',
  'referer',
  'idempotency-key',
  'x-tenant-id',
  'x-forwarded-for',
  'authorization',
  'accept-language',
  'if-match',
  'last-event-id',
]
const paths = ['/', '/api/v1/nothing/', '/status?x=', '/api/v1/users/me?', '/mails/']

/** Requests with a hostile value in everything that is logged or comes back in a header. */
function* hostileRequests(): Generator<Request> {
  for (const value of inHeaders)
    for (const name of headers) {
      yield new Request(`${origin}/health`, { headers: { [name]: value } })
    }
  for (const value of inText) {
    for (const path of paths) yield new Request(origin + path + encodeURIComponent(value))
    const json = (path: string, body: object, more: Readonly<Record<string, string>> = {}) =>
      new Request(origin + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...more },
        body: JSON.stringify(body),
      })
    yield json('/api/v1/auth/token', { email: value, password: value, [value]: value })
    yield json('/api/v1/auth/register', {
      email: 'ada@example.com',
      password: 'correct horse battery',
      tenantName: value,
      acceptTerms: true,
    })
    yield json('/api/v1/auth/password/forgot', { email: value })
    yield json('/api/v1/logs', { level: 'error', message: value }, { authorization: `Bearer ${logSecret}` })
    yield json('/oauth/token', { grant_type: value, client_id: value })
  }
}

test('F23: nothing in a request begins a line of the log, steers the terminal that shows it, or becomes a header', async () => {
  let written = ''
  const write = (text: string) => void (written += `${text}\n`)
  const stack = createStack({
    modules: [tenant(), auth({ passwords: cheapHasher }), status()],
    storage: memoryStorage(),
    logger: consoleLogger({
      level: 'debug',
      console: { debug: write, info: write, warn: write, error: write },
    }),
    settings: fromEnv({ ...peppers, FRONTEND_LOG_SECRET: logSecret }),
  })
  let requests = 0
  for (const request of hostileRequests()) {
    const response = await stack.fetch(request, { remoteAddress: '192.0.2.1' })
    await response.text()
    requests++
    expect(response.status, request.url).toBeLessThan(500)
    expect(response.headers.get('set-cookie'), request.url).toBe(null)
    for (const [key, value] of response.headers)
      for (const sign of ['forged', '\u001b', '\u009b']) expect(key + value, request.url).not.toContain(sign)
  }
  // oxlint-disable-next-line no-control-regex
  expect(written).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028]/)
  const lines = written.trimEnd().split('\n')
  for (const line of lines) {
    const [, fields] = /^\S+Z (?:DEBUG|INFO |WARN |ERROR) [^{]+ (\{.*\})$/.exec(line) ?? []
    expect(() => JSON.parse(fields ?? '') as unknown, line).not.toThrow()
  }
  expect(lines.filter((line) => / INFO  request \{/.test(line))).toHaveLength(requests)
  // What a front end says is logged: the values did get that far.
  expect(lines.filter((line) => line.includes('level\\\":\\\"fatal')).length).toBeGreaterThan(0)
})
