import { createGoogle } from '@ai-sdk/google'
import type { ModelVendor } from '@corbel/agents/ports'
import { aiSdkModel } from '../ai-sdk/ai-sdk-model.ts'
import { listPage, textsOf } from '../ai-sdk/list-models.ts'

export interface GeminiVendorOptions {
  /** What every call goes through, such as `streamingFetch` of `@corbel/adapters/node-fetcher`. */
  readonly fetch: typeof fetch
}

/** Models of Google, by the AI SDK. */
export const geminiVendor = ({ fetch }: GeminiVendorOptions): ModelVendor => ({
  provider: 'gemini',
  connect({ apiKey, baseUrl }) {
    const baseURL = baseUrl ?? 'https://generativelanguage.googleapis.com/v1beta'
    const google = createGoogle({ apiKey: apiKey.reveal(), baseURL, fetch })
    return {
      model: (name) => aiSdkModel(google(name), { signed: true }),
      // https://ai.google.dev/gemini-api/docs/image-understanding: no GIF.
      takes: ['image/png', 'image/jpeg', 'image/webp', 'application/pdf'],
      async listModels(signal) {
        const headers = { 'x-goog-api-key': apiKey.reveal() }
        const { models } = await listPage(fetch, `${baseURL}/models?pageSize=1000`, headers, signal)
        return textsOf(models, 'name').map((name) => name.replace(/^models\//, ''))
      },
    }
  },
})
