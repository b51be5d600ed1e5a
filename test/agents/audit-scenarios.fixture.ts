import { type Answer, publicUrl, type TestApp } from '../auth/support.fixture.ts'

type Scenario = (app: TestApp, path: string) => Promise<Answer>

/** On something of a member's that was made before. */
const onMade =
  (collection: string, made: object) =>
  (method: string, body?: object): Scenario =>
  async (app, path) => {
    const { accessToken: token } = await app.member()
    const { id } = (await app.call<{ id: string }>('POST', collection, { token, body: made })).body
    return app.call(method, path.replace('{id}', id), { token, body })
  }

const key = { provider: 'openai', apiKey: 'sk-0123456789' }
const onConversation = onMade('/api/v1/conversations', {})
const onSetting = onMade('/api/v1/settings', key)

const own =
  (method: string, body: object): Scenario =>
  async (app, path) =>
    app.call(method, path, { token: (await app.member()).accessToken, body })

const upload = async (app: TestApp, token: string): Promise<Answer<{ id: string }>> => {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'text/plain' }
  const request = new Request(`${publicUrl}/api/v1/files?name=plans`, {
    method: 'POST',
    headers,
    body: 'plans',
  })
  const response = await app.stack.fetch(request, { remoteAddress: '192.0.2.1' })
  const body = (await response.json()) as { id: string }
  return { status: response.status, headers: response.headers, body }
}

/** By endpoint: a call that changes something, and the answer to it. */
export const agentsScenarios: Readonly<Record<string, Scenario>> = {
  'PATCH /api/v1/conversations/{id}': onConversation('PATCH', { shared: true }),
  'DELETE /api/v1/conversations/{id}': onConversation('DELETE'),
  'POST /api/v1/files': async (app) => upload(app, (await app.member()).accessToken),
  'DELETE /api/v1/files/{id}': async (app, path) => {
    const { accessToken: token } = await app.member()
    const { id } = (await upload(app, token)).body
    return app.call('DELETE', path.replace('{id}', id), { token })
  },
  'POST /api/v1/settings': own('POST', key),
  'PUT /api/v1/settings/policy': own('PUT', { platformKey: false }),
  'PUT /api/v1/settings/{id}': onSetting('PUT', { active: false }),
  'DELETE /api/v1/settings/{id}': onSetting('DELETE'),
  'POST /api/v1/settings/{id}/activate': onSetting('POST'),
  'POST /api/v1/settings/{id}/deactivate': onSetting('POST'),
}

const talk = 'what somebody says to agents is their own affair; who may read it, and its end, are there'

const decided =
  'there is nothing to decide without a run that waits; test/agents/approvals.test.ts makes them'

/** Why a call that succeeds leaves nothing in the trail. */
export const agentsExempt: Readonly<Record<string, string>> = {
  'POST /api/v1/chat': talk,
  'POST /api/v1/chat/stream': talk,
  'POST /api/v1/conversations/{id}/runs': talk,
  'POST /api/v1/agent-runs/{id}/cancel': talk,
  'POST /api/v1/approvals/{id}': decided,
  'POST /api/v1/settings/{id}/test':
    'there is nobody to ask without vendors of models; test/agents/tenant-models.test.ts has them',
  'POST /api/v1/conversations': talk,
  'PATCH /api/v1/conversations/{id}/title': talk,
  'PATCH /api/v1/conversations/{id}/memory': talk,
  'DELETE /api/v1/conversations/{id}/messages/{messageId}': talk,
}
