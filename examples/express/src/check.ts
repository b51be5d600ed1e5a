import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { app, close } from './server.ts'

const server = app.listen(0, '127.0.0.1')
await once(server, 'listening')
const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

async function call(method: string, path: string, body?: object, headers: Record<string, string> = {}) {
  const response = await fetch(base + path, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body && { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

const credentials = { email: 'ada@example.com', password: 'a password of some length' }
const registered = await call('POST', '/api/v1/auth/register', {
  ...credentials,
  tenantName: 'Analytical Engines',
  acceptTerms: true,
})
assert.equal(registered.status, 201)

const tokens = await call('POST', '/api/v1/auth/token', credentials)
assert.equal(tokens.status, 200)

const authorization = `Bearer ${String(tokens.body['accessToken'])}`
const me = await call('GET', '/api/v1/auth/me', undefined, { authorization })
assert.equal(me.body['email'], 'ada@example.com')
assert.equal(me.body['role'], 'owner')

const stranger = await call('GET', '/api/v1/auth/me')
assert.equal(stranger.status, 401)
assert.equal((await call('GET', '/health/ready')).status, 200)

// The product's routes are untouched, whether the stack stands before them or behind.
assert.deepEqual((await call('GET', '/hello')).body, { hello: 'from Express' })
assert.deepEqual((await call('POST', '/echo', { a: 1 })).body, { a: 1 })

server.close()
server.closeAllConnections()
await close()
console.log('express: registered, signed in and asked beside the routes of the product')
