import type { ProviderPolicy, ProviderSetting } from '@corbel/agents'
import { newId } from '@corbel/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { backends, openTimeout } from '../storages.ts'
import { agentsApp, type AgentsApp, type Person } from './agents-app.fixture.ts'

const path = '/api/v1/settings'
const apiKey = 'sk-test-4711-planted-secret'

interface Problem {
  readonly code: string
}

describe.each(await backends())('provider settings on %s', (backend) => {
  let app: AgentsApp
  let ada: Person
  let bob: Person
  let eve: Person
  beforeAll(async () => {
    app = await agentsApp(backend)
    ada = await app.person('ada')
    bob = await app.colleague(ada, 'bob')
    eve = await app.person('eve')
  }, openTimeout)
  afterAll(() => app.close())

  const create = (body: object, { token } = ada) =>
    app.send<ProviderSetting & Problem>('POST', path, token, body)
  const access = async (tenantId = ada.tenantId) =>
    app.stack.agents.providerSettings.accessOf(tenantId, 'openai')

  test('a key is kept sealed, used for its tenant alone, and never shown', async () => {
    const { status, body, text } = await create({ provider: 'openai', apiKey })
    expect([status, body.keyHint, body.active]).toEqual([201, 'cret', true])
    const [stored] = await app.opened.storage.repositories.agents.providerSettings.list(ada.tenantId)
    const list = await app.send('GET', path, ada.token)
    const one = await app.send('GET', `${path}/provider/openai`, ada.token)
    expect(one.status).toBe(200)
    for (const told of [text, list.text, one.text, JSON.stringify(stored)])
      expect(told).not.toContain('planted')
    const used = await access()
    expect(used.kind === 'tenant' && used.apiKey.reveal()).toBe(apiKey)
    expect(JSON.stringify(used)).not.toContain('planted')
    expect((await access(eve.tenantId)).kind).toBe('platform')
    const again = await create({ provider: 'openai', apiKey })
    expect([again.status, again.body.code]).toEqual([409, 'provider-settings/duplicate'])
  })

  test('a sealed key moved to another tenant does not open', async () => {
    const { providerSettings } = app.opened.storage.repositories.agents
    const [stored] = await providerSettings.list(ada.tenantId)
    if (!stored) throw new Error('There is no setting.')
    const moved = { ...stored, tenantId: eve.tenantId, id: newId('pst') }
    await providerSettings.insert(moved)
    await expect(access(eve.tenantId)).rejects.toThrow(/sealed|open/)
    await providerSettings.remove(eve.tenantId, moved.id)
  })

  test('a key that is switched off, changed or removed is used no more', async () => {
    const { body } = await create({ provider: 'anthropic', apiKey })
    const one = `${path}/${body.id}`
    const use = () => app.stack.agents.providerSettings.accessOf(ada.tenantId, 'anthropic')
    const first = await use()
    expect((await app.send('POST', `${one}/deactivate`, ada.token)).status).toBe(200)
    expect((await use()).kind).toBe('none')
    expect((await app.send('POST', `${one}/activate`, ada.token)).status).toBe(200)
    await app.send('PUT', one, ada.token, {
      apiKey: 'sk-another-key',
      baseUrl: 'https://proxy.example.com/v1',
    })
    const second = await use()
    if (first.kind !== 'tenant' || second.kind !== 'tenant') throw new Error('The key is not used.')
    expect([second.apiKey.reveal(), second.baseUrl]).toEqual([
      'sk-another-key',
      'https://proxy.example.com/v1',
    ])
    expect(second.version).not.toBe(first.version)
    expect((await app.send('DELETE', one, ada.token)).status).toBe(204)
    expect((await use()).kind).toBe('platform')
  })

  test("the platform's keys are used as the tenant decides", async () => {
    const use = () => app.stack.agents.providerSettings.accessOf(ada.tenantId, 'gemini')
    const decide = (platformKey: boolean | null) =>
      app.send<ProviderPolicy>('PUT', `${path}/policy`, ada.token, { platformKey })
    expect((await app.send<ProviderPolicy>('GET', `${path}/policy`, ada.token)).body).toEqual({
      platformKey: null,
    })
    expect((await decide(false)).status).toBe(200)
    expect((await use()).kind).toBe('none')
    await decide(true)
    expect((await use()).kind).toBe('platform')
    await decide(null)
    expect((await use()).kind).toBe('platform')
  })

  test('members, other tenants and old sessions get nowhere', async () => {
    const { body } = await create({ provider: 'gemini', apiKey })
    const calls = [
      ['GET', `/${body.id}`, undefined],
      ['PUT', `/${body.id}`, { active: false }],
      ['POST', `/${body.id}/activate`, undefined],
      ['POST', `/${body.id}/deactivate`, undefined],
      ['DELETE', `/${body.id}`, undefined],
    ] as const
    for (const [method, rest, change] of calls) {
      expect((await app.send(method, path + rest, eve.token, change)).status).toBe(404)
      expect((await app.send(method, path + rest, bob.token, change)).status).toBe(403)
    }
    expect((await app.send('GET', `${path}/${body.id}`, ada.token)).status).toBe(200)
  })

  test('bad input is refused and changes nothing', async () => {
    const before = (await app.send('GET', path, ada.token)).text
    const provider = 'openai-compatible'
    for (const bad of [
      { provider: 'acme', apiKey },
      { provider, apiKey },
      { provider, apiKey: 'short', baseUrl: 'https://a.example' },
      { provider, apiKey: `${apiKey}\r\nx: y`, baseUrl: 'https://a.example' },
      { provider, apiKey, baseUrl: 'file:///etc/passwd' },
      { provider, apiKey, baseUrl: 'https://user:pass@a.example' },
      { provider, apiKey, baseUrl: 'https://a.example/?key=1' },
      { provider, apiKey, baseUrl: 'https://a.example', tenantId: eve.tenantId },
    ])
      expect((await create(bad)).status).toBe(400)
    expect((await app.send('GET', `${path}/provider/acme`, ada.token)).status).toBe(400)
    expect((await app.send('GET', path, ada.token)).text).toBe(before)
  })

  test('an access is one statement', async ({ skip }) => {
    if (backend === 'memory') skip()
    app.opened.statements.reset()
    await access()
    expect(app.opened.statements.count()).toBe(1)
  })
})
