import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { argon2PasswordHasher } from '@corbel/adapters/argon2'
import pg from 'pg'
import type { AuthAnswer } from './auth-load.ts'
import { serveWorker } from './processes.ts'

// The limits of what authentication has to do: one password hash; one locked row that changes, and one signature.
const [connectionString = ''] = process.argv.slice(2)
const inFlight = 4

const client = new pg.Client({ connectionString, pipeline: true })
await client.connect()
await client.query('create table raw_refresh (digest text primary key, expires_at timestamptz not null)')
const { privateKey } = generateKeyPairSync('ed25519')
const hasher = argon2PasswordHasher()
const hash = await hasher.hash('a long enough password for the benchmark')
// As long as the claims of an access token are.
const claims = randomBytes(330).toString('base64url')

async function rotate(before: string): Promise<object> {
  const after = randomBytes(32).toString('base64url')
  const { rowCount } = await client.query({
    name: 'rotate',
    text: `update raw_refresh set digest = $2, expires_at = now() + '30 days' where digest = $1`,
    values: [before, after],
  })
  if (rowCount !== 1) throw new Error('There is no such row.')
  const signature = sign(null, Buffer.from(claims), privateKey).toString('base64url')
  return { accessToken: `${claims}.${signature}`, refreshToken: after }
}

async function read(request: IncomingMessage): Promise<{ refreshToken: string }> {
  let text = ''
  for await (const part of request.setEncoding('utf8')) text += part as string
  return JSON.parse(text) as { refreshToken: string }
}

const server = createServer((request, response) => {
  void read(request)
    .then(({ refreshToken }) => rotate(refreshToken))
    .then((answer) => {
      const body = JSON.stringify(answer)
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
        .end(body)
    })
})

async function hashFor(seconds: number): Promise<AuthAnswer> {
  const start = performance.now()
  let operations = 0
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (performance.now() - start < seconds * 1000) {
        await hasher.verify('a long enough password for the benchmark', hash)
        operations++
      }
    }),
  )
  return { operations, seconds: (performance.now() - start) / 1000, bodies: [] }
}

async function begin(count: number): Promise<readonly string[]> {
  const tokens = Array.from({ length: count }, () => randomBytes(32).toString('base64url'))
  await client.query('insert into raw_refresh select unnest($1::text[]), now()', [tokens])
  return tokens
}

server.listen(0, '127.0.0.1', () => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  serveWorker(url, ([what, number]: readonly [string, number]) =>
    what === 'hash' ? hashFor(number) : begin(number),
  )
})
