import type { ModelVendor } from '@corbel/agents/ports'
import { OpenAIChatCompletionsModel } from '@openai/agents-openai'
import { type ClientOptions, OpenAI } from 'openai'
import { hostedKinds, HostingModel } from './hosting-model.ts'

export interface OpenaiVendorOptions {
  /** What every call goes through, such as `streamingFetch` of `@corbel/adapters/node-fetcher`. */
  readonly fetch: typeof fetch
  /** A vendor that only speaks as OpenAI does has no address of its own: every connection names one. @default 'openai' */
  readonly provider?: 'openai' | 'openai-compatible'
  /** `chat` is what most compatible servers speak. @default 'responses' for OpenAI, 'chat' for others */
  readonly api?: 'responses' | 'chat'
}

/**
 * Without the nulls the SDK takes organization, project and administrator's key from the environment of the process, whoever's they
 * are, and without a level it may log what is said. Its silent retries would be calls that nobody counts.
 */
const own = {
  organization: null,
  project: null,
  adminAPIKey: null,
  webhookSecret: null,
  logLevel: 'off',
  maxRetries: 0,
  timeout: 120_000,
} as const satisfies ClientOptions

/** Models of OpenAI, or of a server that speaks as OpenAI does. */
export const openaiVendor = ({
  fetch,
  provider = 'openai',
  api = provider === 'openai' ? 'responses' : 'chat',
}: OpenaiVendorOptions): ModelVendor => ({
  provider,
  hostedTools: api === 'responses' ? hostedKinds : [],
  connect({ apiKey, baseUrl }) {
    if (baseUrl === null && provider !== 'openai') throw new TypeError(`${provider} has no address.`)
    const baseURL = baseUrl ?? 'https://api.openai.com/v1'
    const client = new OpenAI({ ...own, apiKey: apiKey.reveal(), baseURL, fetch })
    return {
      model: (name) =>
        api === 'responses' ? new HostingModel(client, name) : new OpenAIChatCompletionsModel(client, name),
      hostedTools: api === 'responses' ? hostedKinds : [],
      // What else compatible servers take differs from one to the next.
      ...(provider !== 'openai' && { takes: ['image/png', 'image/jpeg', 'image/gif', 'image/webp'] }),
      async listModels(signal) {
        const names: string[] = []
        for await (const { id } of client.models.list({ signal })) {
          if (names.push(id) === 1000) break
        }
        return names
      },
    }
  },
})
