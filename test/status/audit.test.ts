import type { Incident, Maintenance, Subscription } from '@corbel/core/status'
import { auditEventOf } from '@corbel/core/ports'
import { expect, it } from 'vitest'
import type { Answer } from '../auth/support.fixture.ts'
import { statusApp } from './status-app.fixture.ts'

type App = Awaited<ReturnType<typeof statusApp>>
type Scenario = (app: App, method: string, path: string) => Promise<Answer>

const incident = { title: 'Sign-in fails', severity: 'major', message: 'We look into it.' }
const maintenance = {
  title: 'Upgrade',
  message: 'Short breaks.',
  componentIds: [],
  startsAt: '2030-04-01T00:00:00.000Z',
  endsAt: '2030-04-01T02:00:00.000Z',
}

const made = async (app: App, collection: string, body: object): Promise<string> =>
  (await app.manage<Incident | Maintenance>('POST', collection, body)).body.id

const asIs =
  (body?: object): Scenario =>
  (app, method, path) =>
    app.manage(method, path, body)

const on =
  (collection: string, first: object, body?: object): Scenario =>
  async (app, method, path) =>
    app.manage(method, path.replace('{id}', await made(app, collection, first)), body)

/** By endpoint below `/api/v1/status`: a call that changes something. */
const scenarios: Readonly<Record<string, Scenario>> = {
  'POST /components': asIs({ name: 'API' }),
  'PATCH /components/{id}': on('/components', { name: 'API' }, { override: 'degraded' }),
  'DELETE /components/{id}': on('/components', { name: 'API' }),
  'POST /incidents': asIs(incident),
  'PATCH /incidents/{id}': on('/incidents', incident, { title: 'Sign-in is slow' }),
  'POST /incidents/{id}/updates': on('/incidents', incident, { state: 'resolved', message: 'Done.' }),
  'POST /incidents/{id}/resend': on('/incidents', incident),
  'POST /maintenance': asIs(maintenance),
  'PATCH /maintenance/{id}': on('/maintenance', maintenance, { state: 'cancelled' }),
  async 'DELETE /subscriptions/{id}'(app, method, path) {
    const body = { channel: 'email', target: 'ada@example.com' }
    await app.call('POST', '/api/v1/status/subscriptions', { body })
    const [one] = (await app.manage<{ data: readonly Subscription[] }>('GET', '/subscriptions')).body.data
    return app.manage(method, path.replace('{id}', one?.id ?? ''))
  },
}

/** What nobody who is known does: strangers, and addresses that say what they want. */
const exempt = ['POST /subscriptions', 'POST /subscriptions/verify', 'POST /subscriptions/challenge']

it('knows every endpoint of the status page that changes something, and no other', async () => {
  const { stack } = await statusApp()
  const base = '/api/v1/status'
  const writes = stack.operations
    .filter(({ endpoint, path }) => endpoint.method !== 'GET' && path.startsWith(base))
    .map(({ endpoint, path }) => `${endpoint.method} ${path.slice(base.length)}`)
  expect([...Object.keys(scenarios), ...exempt].toSorted()).toEqual(writes.toSorted())
})

it('each leaves a row in the trail of the platform that names its request and the operator', async () => {
  const app = await statusApp()
  const { auditLog } = app.storage.repositories.auth
  for (const [name, scenario] of Object.entries(scenarios)) {
    const [method = '', path = ''] = name.split(' ')
    const answer = await scenario(app, method, path)
    expect(answer.status, name).toBeLessThan(300)
    const rows = (await auditLog.list(null, {}, { limit: 100, after: null })).map(auditEventOf)
    const row = rows.find(({ requestId }) => requestId === answer.headers.get('x-request-id'))
    expect(row, name).toMatchObject({ outcome: 'success', actorId: expect.stringMatching(/^usr_/) })
  }
})
