import { gzipSync } from 'node:zlib'
import type { Exchange } from './raw-http.fixture.ts'

const head = (line: string, ...headers: readonly string[]): string =>
  [line, 'Host: 127.0.0.1', ...headers, '', ''].join('\r\n')

const json = 'Content-Type: application/json'
const signIn = 'POST /api/v1/auth/token HTTP/1.1'
const megabyte = Buffer.alloc(1024 * 1024, 'x')
const most = 100

/** At most 100 MB, so that a server that takes everything is told from one that does not. */
function* megabytes(first: string, count = most): Generator<string | Buffer> {
  yield first
  for (let i = 0; i < count; i++) yield megabyte
}

function* chunks(first: string): Generator<string | Buffer> {
  yield first
  for (let i = 0; i < most; i++) {
    yield '100000\r\n'
    yield megabyte
    yield '\r\n'
  }
}

function* repeated(first: string, part: string, count: number): Generator<string> {
  yield first
  for (let i = 0; i < count; i++) yield part
}

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)
const withBody = (body: string | Buffer, ...headers: readonly string[]) => [
  head(signIn, json, `Content-Length: ${body.length}`, ...headers),
  body,
]
const chunked = (line: string) => head(line, json, 'Transfer-Encoding: chunked')

const patience = { patienceMs: 5000 }

/** Requests that are too much of something; none of them asks for anything that may be given. */
export const sizeCorpus: Readonly<Record<string, () => Exchange>> = {
  '100 MB with a length': () => ({
    send: megabytes(head(signIn, json, `Content-Length: ${most * 1024 * 1024}`)),
    ...patience,
  }),
  'a length of 9 PB and no body': () => ({
    send: [head(signIn, json, 'Content-Length: 9007199254740991')],
    ...patience,
  }),
  'endless chunks': () => ({ send: chunks(chunked(signIn)), ...patience }),
  'endless chunks, whatever the answer': () => ({
    send: chunks(chunked(signIn)),
    untilClosed: true,
    patienceMs: 500,
  }),
  'endless chunks to what is not there': () => ({
    send: chunks(chunked('POST /nowhere HTTP/1.1')),
    ...patience,
  }),
  'endless chunks behind a GET': () => ({ send: chunks(chunked('GET /nowhere HTTP/1.1')), ...patience }),
  'a chunk of 2 GB': () => ({ send: megabytes(`${chunked(signIn)}7fffffff\r\n`), ...patience }),
  'an endless chunk extension': () => ({ send: megabytes(`${chunked(signIn)}1;x=`), ...patience }),
  'endless trailers': () => ({
    send: repeated(`${chunked(signIn)}0\r\n`, 'X-A: xxxxxxxxxxxxxxxxxxxxxxx\r\n', 10_000),
    ...patience,
  }),
  '1,000 headers': () => ({
    send: [head('GET /nowhere HTTP/1.1', ...Array.from({ length: 1000 }, (_, i) => `X-Header-${i}: 1`))],
    ...patience,
  }),
  'endless headers': () => ({
    send: repeated('GET /nowhere HTTP/1.1\r\nHost: a\r\n', 'X-A: xxxxxxxxxxxxxxxxxxxxxxx\r\n', 100_000),
    ...patience,
  }),
  'a header of 20 KB': () => ({
    send: [head('GET /nowhere HTTP/1.1', `X-A: ${'x'.repeat(20_000)}`)],
    ...patience,
  }),
  'an endless header': () => ({ send: megabytes('GET /nowhere HTTP/1.1\r\nHost: a\r\nX-A: '), ...patience }),
  'a target of 20 KB': () => ({ send: [head(`GET /${'x'.repeat(20_000)} HTTP/1.1`)], ...patience }),
  'an endless target': () => ({ send: megabytes('GET /'), ...patience }),
  'an endless method': () => ({ send: megabytes(''), ...patience }),
  '1,000 requests at once': () => ({
    send: [head('GET /openapi.json HTTP/1.1').repeat(1000)],
    untilClosed: true,
    ...patience,
  }),
  'JSON of 1,000,000 levels': () => ({ send: withBody(nested(1_000_000)), ...patience }),
  'JSON of 500,000 levels': () => ({ send: withBody(nested(500_000)), ...patience }),
  'JSON of 65 levels': () => ({ send: withBody(`{"email":${nested(65)}}`), ...patience }),
  'a bomb of zip': () => ({
    send: withBody(gzipSync(Buffer.alloc(100 * 1024 * 1024)), 'Content-Encoding: gzip'),
    ...patience,
  }),
  'an expectation and 100 MB': () => ({
    send: [head(signIn, json, `Content-Length: ${most * 1024 * 1024}`, 'Expect: 100-continue')],
    ...patience,
  }),
  'an unknown expectation': () => ({
    send: [head(signIn, json, 'Content-Length: 2', 'Expect: miracles'), '{}'],
    ...patience,
  }),
  '1,000,000 keys': () => ({
    send: withBody(`{${Array.from({ length: 90_000 }, (_, i) => `"k${i}":1`).join()}}`),
    ...patience,
  }),
}
