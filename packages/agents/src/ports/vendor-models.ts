import { ModelErrors } from '../models/model-errors.ts'
import { parseModelName } from '../models/model-names.ts'
import type { ModelProvider } from '../provider-settings/provider-setting.ts'
import type { ModelConnection } from './model-vendor.ts'
import type { Models } from './models.ts'

/** Models by the platform's own keys, for tenants that have none and may use them. */
export const vendorModels = (connections: ReadonlyMap<ModelProvider, ModelConnection>): Models => ({
  adapter: { name: [...connections.keys()].join(', ') },
  async model(_tenantId, name) {
    const { provider, model } = parseModelName(name)
    const connection = connections.get(provider)
    if (!connection) throw ModelErrors.notConfigured()
    return connection.model(model)
  },
  providerOf: (name) => parseModelName(name).provider,
  hostedTools(name) {
    const connection = connections.get(parseModelName(name).provider)
    return connection && (connection.hostedTools ?? [])
  },
  takes: (name) => connections.get(parseModelName(name).provider)?.takes,
  // A call to a vendor would cost money, or tell only that the network is up.
  check: async () => {},
})
