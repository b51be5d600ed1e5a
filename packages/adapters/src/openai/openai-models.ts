import type { Models } from '@corbel/agents/ports'
import type { Id } from '@corbel/core/ports'
import { OpenAIChatCompletionsModel, OpenAIResponsesModel } from '@openai/agents-openai'
import type { ClientOptions, OpenAI } from 'openai'

export interface OpenaiModelsOptions {
  /** Made with {@link openaiClientOptions}; or a way to the client of a tenant, which holds that tenant's key and no other's. */
  readonly client: OpenAI | ((tenantId: Id<'ten'>) => Promise<OpenAI>)
  /** `chat` is what most compatible servers speak. @default 'responses' */
  readonly api?: 'responses' | 'chat'
}

/**
 * What every client must be made with, beside its own key and address: without the nulls the SDK takes organization, project and
 * administrator's key from the environment of the process, whoever's they are. Its silent retries would be calls that nobody counts.
 */
export const openaiClientOptions = {
  organization: null,
  project: null,
  adminAPIKey: null,
  webhookSecret: null,
  maxRetries: 0,
  timeout: 120_000,
} as const satisfies ClientOptions

/** Models of OpenAI, or of a server that speaks as OpenAI does. Nothing is kept there beyond the call. */
export const openaiModels = ({ client, api = 'responses' }: OpenaiModelsOptions): Models => ({
  adapter: { name: api === 'responses' ? 'openai' : 'openai-chat' },
  async model(tenantId, name) {
    const own = typeof client === 'function' ? await client(tenantId) : client
    return api === 'responses'
      ? new OpenAIResponsesModel(own, name)
      : new OpenAIChatCompletionsModel(own, name)
  },
  // A call to the provider would cost money, or tell only that the network is up.
  check: async () => {},
})
