import { anthropicVendor } from '@corbel/adapters/anthropic'
import { geminiVendor } from '@corbel/adapters/gemini'
import { streamingFetch } from '@corbel/adapters/node-fetcher'
import { openaiVendor } from '@corbel/adapters/openai'
import type { AgentsOptions } from '@corbel/agents'
import { type ModelConnection, type ModelProvider, offlineModels, vendorModels } from '@corbel/agents/ports'
import type { ReadSettings } from './read-settings.ts'

type HostValues = Partial<ReadSettings['values']['host']>

/**
 * What agents talk through: providers that there are keys for, else answers by rules; and what tenants may have keys of their own for.
 * Also for settings that are about to be refused.
 */
export function openModels(host: HostValues) {
  const connections = platformConnections(host)
  // Addresses of tenants are theirs to choose.
  const fetch = streamingFetch({ allow: host.outboundNetworks ?? [] })
  return {
    models: connections.size > 0 ? vendorModels(connections) : offlineModels(),
    vendors: [
      openaiVendor({ fetch }),
      openaiVendor({ fetch, provider: 'openai-compatible' }),
      anthropicVendor({ fetch }),
      geminiVendor({ fetch }),
    ],
  } satisfies AgentsOptions
}

function platformConnections({
  openaiApi = 'responses',
  ...host
}: HostValues): ReadonlyMap<ModelProvider, ModelConnection> {
  const addresses = [host.openaiBaseUrl, host.anthropicBaseUrl, host.geminiBaseUrl]
  // Those of the settings are the operator's, and may be inside the network.
  const fetch = streamingFetch({ trusted: addresses.filter((address) => address !== undefined) })
  const accounts = [
    [openaiVendor({ api: openaiApi, fetch }), host.openaiApiKey, host.openaiBaseUrl],
    [anthropicVendor({ fetch }), host.anthropicApiKey, host.anthropicBaseUrl],
    [geminiVendor({ fetch }), host.geminiApiKey, host.geminiBaseUrl],
  ] as const
  return new Map(
    accounts.flatMap(([vendor, apiKey, baseUrl = null]) =>
      apiKey ? [[vendor.provider, vendor.connect({ apiKey, baseUrl })]] : [],
    ),
  )
}
