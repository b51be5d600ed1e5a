import { auditEventOf } from '@corbel/core/ports'
import { expect, it } from 'vitest'
import { auditedApp, exempt, scenarios } from './audit-scenarios.fixture.ts'

const writes = (await auditedApp()).stack.operations
  .filter(({ endpoint }) => endpoint.method !== 'GET')
  .map(({ endpoint, path }) => `${endpoint.method} ${path}`)

it('knows every endpoint that changes something, and no other', () => {
  expect([...Object.keys(scenarios), ...Object.keys(exempt)].toSorted()).toEqual(writes.toSorted())
})

it.for(Object.entries(scenarios))('%s leaves a row that names its request', async ([name, scenario]) => {
  const app = await auditedApp(name)
  const answer = await scenario(app, name.slice(name.indexOf(' ') + 1))
  expect(answer.status).toBeLessThan(300)
  const tenants = new Set((await app.events()).map(({ tenantId }) => tenantId))
  const { auditLog } = app.storage.repositories.auth
  const rows = await Promise.all([...tenants].map((id) => auditLog.list(id, {}, { limit: 100, after: null })))
  const requests = rows.flat().map((row) => auditEventOf(row).requestId)
  expect(requests).toContain(answer.headers.get('x-request-id'))
})
