import { Secret } from '@corbel/core'
import { newId } from '@corbel/core/ports'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { fakeOpenai } from '../../../../test/agents/fake-openai.fixture.ts'
import { streamingFetch } from '../node-fetcher/streaming-fetch.ts'
import { openaiVendor } from './openai-vendor.ts'

type Vendor = ReturnType<typeof openaiVendor>
type Request = Parameters<ReturnType<ReturnType<Vendor['connect']>['model']>['getStreamedResponse']>[0]

const request: Request = {
  systemInstructions: 'Be brief.',
  input: [{ type: 'message', role: 'user', content: 'hi' }],
  modelSettings: { store: false },
  tools: [],
  outputType: 'text',
  handoffs: [],
  tracing: false,
}

describe.each(['responses', 'chat'] as const)('openai models by the API %s', (api) => {
  let server: Awaited<ReturnType<typeof fakeOpenai>>
  beforeEach(async () => {
    server = await fakeOpenai('It is 42.')
    // Whatever takes anything from the environment takes it from here, and shows it.
    for (const name of ['API_KEY', 'ORG_ID', 'PROJECT_ID', 'ADMIN_KEY', 'WEBHOOK_SECRET'])
      vi.stubEnv(`OPENAI_${name}`, `trap-${name}`)
    vi.stubEnv('OPENAI_BASE_URL', 'http://127.0.0.1:9/trap')
  })
  afterEach(async () => {
    vi.unstubAllEnvs()
    await server.close()
  })

  const connect = (apiKey: string) =>
    openaiVendor({ api, fetch: streamingFetch({ allow: ['127.0.0.1'] }) }).connect({
      apiKey: new Secret(apiKey),
      baseUrl: server.baseURL,
    })

  test('says what the provider says, with what it used, and keeps nothing there', async () => {
    const model = connect('key-a').model('gpt-test')
    let said = ''
    let used: unknown = null
    for await (const event of model.getStreamedResponse(request)) {
      if (event.type === 'output_text_delta') said += event.delta
      if (event.type === 'response_done') used = event.response.usage
    }
    expect(said).toBe('It is 42.')
    expect(used).toMatchObject({ inputTokens: 11, outputTokens: 7 })
    expect(server.calls).toHaveLength(1)
    expect(server.calls[0]?.body).toMatchObject({ model: 'gpt-test', stream: true, store: false })
  })

  test('two tenants at once send their own key, and nothing of the environment', async () => {
    const tenants = [newId('ten'), newId('ten')] as const
    await Promise.all(
      tenants.map(async (tenantId) => {
        const model = connect(`key-of-${tenantId}`).model('gpt-test')
        for await (const _ of model.getStreamedResponse({ ...request, systemInstructions: tenantId }));
      }),
    )
    expect(server.calls).toHaveLength(2)
    for (const { headers, body } of server.calls) {
      const own = tenants.find((id) => headers.authorization === `Bearer key-of-${id}`)
      expect(JSON.stringify(body)).toContain(own)
      expect(JSON.stringify([headers, body])).not.toContain('trap')
      expect(headers).not.toHaveProperty('openai-organization')
    }
  })
})
