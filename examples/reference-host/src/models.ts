import { openaiClientOptions, openaiModels } from '@corbel/adapters/openai'
import { type Models, offlineModels } from '@corbel/agents/ports'
import { OpenAI } from 'openai'
import type { ReadSettings } from './read-settings.ts'

/** What agents talk through: a provider when there is a key, else answers by rules. Also for settings that are about to be refused. */
export const openModels = ({
  openaiApiKey,
  openaiBaseUrl,
  openaiApi = 'responses',
}: Partial<ReadSettings['values']['host']>): Models =>
  openaiApiKey === undefined
    ? offlineModels()
    : openaiModels({
        api: openaiApi,
        client: new OpenAI({
          ...openaiClientOptions,
          apiKey: openaiApiKey.reveal(),
          baseURL: openaiBaseUrl ?? 'https://api.openai.com/v1',
        }),
      })
