import { anthropicVendor } from '@corbel/adapters/anthropic'
import { geminiVendor } from '@corbel/adapters/gemini'
import { streamingFetch } from '@corbel/adapters/node-fetcher'
import { openaiVendor } from '@corbel/adapters/openai'
import { type ChatReply, defineAgent, type File } from '@corbel/agents'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTimeout } from '../storages.ts'
import { agentsApp, type AgentsApp, type Person } from './agents-app.fixture.ts'
import { fakeOpenai } from './fake-openai.fixture.ts'
import { anthropicDialect, fakeVendor, geminiDialect } from './fake-vendors.fixture.ts'

const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13)
const pdf = new TextEncoder().encode('%PDF-1.7')
const gif = new TextEncoder().encode('GIF89a')
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
const front = defineAgent({
  name: 'front',
  title: 'Front',
  description: 'First.',
  instructions: 'Be brief.',
})

interface Fake {
  readonly calls: readonly { readonly body: Readonly<Record<string, unknown>> }[]
  readonly url: string
  close(): Promise<unknown>
}

const openai = async (): Promise<Fake> => {
  const { baseURL, ...fake } = await fakeOpenai('It is 42.')
  return { ...fake, url: baseURL }
}
const other = (dialect: Parameters<typeof fakeVendor>[0]) => async (): Promise<Fake> => {
  const { baseUrl, ...fake } = await fakeVendor(dialect)
  return { ...fake, url: baseUrl }
}

const fetch = streamingFetch({ allow: ['127.0.0.1'] })
const image = (url: string) => ({ type: 'image_url', image_url: { url } })

/** What each vendor is to be sent of a picture, what of a document; null when it takes none. */
const vendors = [
  [
    ...(['openai by responses', openaiVendor({ fetch, api: 'responses' }), openai] as const),
    { type: 'input_image', detail: 'auto', image_url: `data:image/png;base64,${base64(png)}` },
    { type: 'input_file', filename: 'b.pdf', file_data: `data:application/pdf;base64,${base64(pdf)}` },
    'image/gif',
  ],
  [
    ...(['openai by chat', openaiVendor({ fetch, api: 'chat' }), openai] as const),
    image(`data:image/png;base64,${base64(png)}`),
    {
      type: 'file',
      file: { filename: 'b.pdf', file_data: `data:application/pdf;base64,${base64(pdf)}` },
    },
    'image/gif',
  ],
  [
    ...(['openai-compatible', openaiVendor({ fetch, provider: 'openai-compatible' }), openai] as const),
    image(`data:image/png;base64,${base64(png)}`),
    null,
    'image/gif',
  ],
  [
    ...(['anthropic', anthropicVendor({ fetch }), other(anthropicDialect)] as const),
    { type: 'image', source: { type: 'base64', media_type: 'image/png', data: base64(png) } },
    { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: base64(pdf) } },
    'image/gif',
  ],
  [
    ...(['gemini', geminiVendor({ fetch }), other(geminiDialect)] as const),
    { inlineData: { mimeType: 'image/png', data: base64(png) } },
    { inlineData: { mimeType: 'application/pdf', data: base64(pdf) } },
    null,
  ],
] as const

describe.each(vendors)(
  'files for models of %s',
  (_name, vendor, open, pictureSent, documentSent, gifTaken) => {
    let app: AgentsApp
    let ada: Person
    let fake: Fake
    beforeAll(async () => {
      fake = await open()
      const settings = { AGENT_MODEL_DEFAULT: `${vendor.provider}/m` }
      app = await agentsApp('memory', settings, { agents: [front], tools: [], vendors: [vendor] })
      ada = await app.person('ada')
      const setting = { provider: vendor.provider, apiKey: 'key-of-ada-4711', baseUrl: fake.url }
      await app.send('POST', '/api/v1/settings', ada.token, setting)
    }, openTimeout)
    afterAll(async () => {
      await app.close()
      await fake.close()
    })

    async function say(name: string, contentType: string, body: Uint8Array<ArrayBuffer>) {
      const headers = { authorization: `Bearer ${ada.token}`, 'content-type': contentType }
      const address = `http://127.0.0.1:3000/api/v1/files?name=${name}`
      const request = new Request(address, { method: 'POST', headers, body })
      const { id } = (await (await app.stack.fetch(request, { remoteAddress: '192.0.2.1' })).json()) as File
      const calls = fake.calls.length
      const reply = await app.send<ChatReply & { readonly code: string }>('POST', '/api/v1/chat', ada.token, {
        message: 'look',
        attachments: [id],
      })
      return { ...reply, sent: fake.calls.length === calls ? undefined : fake.calls.at(-1)?.body }
    }

    test('a picture is sent as the vendor takes pictures', async () => {
      const { body, sent } = await say('a.png', 'image/png', png)
      expect([body.status, body.message]).toEqual(['completed', 'It is 42.'])
      expect(partsIn(sent)).toContainEqual(expect.objectContaining(pictureSent))
    })

    test('a document is sent as the vendor takes documents, or refused', async () => {
      const { status, body, sent } = await say('b.pdf', 'application/pdf', pdf)
      if (documentSent === null)
        expect([status, body.code, sent]).toEqual([422, 'files/not-taken', undefined])
      else expect(partsIn(sent)).toContainEqual(expect.objectContaining(documentSent))
    })

    test('a picture of a kind that the vendor does not take is refused', async () => {
      const { status, body, sent } = await say('c.gif', 'image/gif', gif)
      if (gifTaken === null) expect([status, body.code, sent]).toEqual([422, 'files/not-taken', undefined])
      else expect([status, JSON.stringify(sent).includes(base64(gif))]).toEqual([200, true])
    })

    test('text is sent as text', async () => {
      const { sent } = await say('d.csv', 'text/csv', new TextEncoder().encode('day,sum'))
      expect(JSON.stringify(sent)).toMatch(/Attached file .{1,4}d\.csv.{1,4}, text\/csv.*day,sum/)
    })
  },
)

/** Every object anywhere in it. */
function partsIn(value: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return []
  return [value, ...Object.values(value).flatMap(partsIn)]
}
