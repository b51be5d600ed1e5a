import { createAnthropic } from '@ai-sdk/anthropic'
import type { ModelVendor } from '@corbel/agents/ports'
import { aiSdkModel } from '../ai-sdk/ai-sdk-model.ts'
import { listPage, textsOf } from '../ai-sdk/list-models.ts'

export interface AnthropicVendorOptions {
  /** What every call goes through, such as `streamingFetch` of `@corbel/adapters/node-fetcher`. */
  readonly fetch: typeof fetch
}

/** Models of Anthropic, by the AI SDK. The effort of reasoning that an agent asks for is not passed on. */
export const anthropicVendor = ({ fetch }: AnthropicVendorOptions): ModelVendor => ({
  provider: 'anthropic',
  connect({ apiKey, baseUrl }) {
    // Without an address the SDK takes one from the environment.
    const baseURL = baseUrl ?? 'https://api.anthropic.com/v1'
    const anthropic = createAnthropic({ apiKey: apiKey.reveal(), baseURL, fetch })
    return {
      // A turn with thoughts must be sent back with them, and they are not kept.
      model: (name) => aiSdkModel(anthropic(name), { reasoning: false }),
      async listModels(signal) {
        const headers = { 'x-api-key': apiKey.reveal(), 'anthropic-version': '2023-06-01' }
        const { data } = await listPage(fetch, `${baseURL}/models?limit=1000`, headers, signal)
        return textsOf(data, 'id')
      },
    }
  },
})
