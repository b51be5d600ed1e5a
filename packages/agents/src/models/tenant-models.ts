import { DomainError, type Id } from '@corbel/core'
import { type ShownType, shownTypes } from '../files/file-type.ts'
import type { ModelConnection, ModelVendor } from '../ports/model-vendor.ts'
import type { Models } from '../ports/models.ts'
import type { OwnAccess, ProviderAccess, ProviderSettings } from '../ports/provider-settings.ts'
import type { ModelProvider } from '../provider-settings/provider-setting.ts'
import type { OpenedModel, OpenedModels } from './fallback-model.ts'
import { ModelErrors } from './model-errors.ts'
import { parseModelName } from './model-names.ts'

export interface TenantModelsDeps {
  /** By the platform's own account. */
  readonly models: Models
  /** Those with which tenants may have accounts of their own. */
  readonly vendors: readonly ModelVendor[]
  readonly providerSettings: ProviderSettings
}

/** Beyond that the one that was not used for longest is made anew. */
const mostConnections = 500

/** Models by the account that is to pay for a tenant: its own, or the platform's where it may use that. */
export class TenantModels {
  readonly #deps: TenantModelsDeps
  readonly #vendors: ReadonlyMap<ModelProvider, ModelVendor>
  /** By tenant and provider; the one not used for longest is the first. */
  readonly #connections = new Map<
    string,
    { readonly version: string; readonly connection: ModelConnection }
  >()

  constructor(deps: TenantModelsDeps) {
    this.#deps = deps
    this.#vendors = new Map(deps.vendors.map((vendor) => [vendor.provider, vendor]))
  }

  /**
   * Opens models for one run, which goes on with the keys that it has begun with. Those without an account are passed over, and
   * `models/not-configured` is thrown when none is left.
   */
  ofRun(tenantId: Id<'ten'>): (names: readonly string[]) => Promise<OpenedModels> {
    const accesses = new Map<ModelProvider, Promise<ProviderAccess>>()
    const open = async (name: string): Promise<OpenedModel | null> => {
      const { provider, model } = parseModelName(name)
      let access = accesses.get(provider)
      if (!access) accesses.set(provider, (access = this.#deps.providerSettings.accessOf(tenantId, provider)))
      try {
        return await this.#model(tenantId, name, model, provider, await access)
      } catch (error) {
        if (error instanceof DomainError && error.code === ModelErrors.notConfigured.code) return null
        throw error
      }
    }
    return async (names) => {
      const [first, ...others] = (await Promise.all(names.map(open))).filter((model) => model !== null)
      if (!first) throw ModelErrors.notConfigured()
      return [first, ...others]
    }
  }

  /** What at least one of the models can be shown; when none of them can be opened, their run says so. */
  async takenBy(tenantId: Id<'ten'>, names: readonly string[]): Promise<ReadonlySet<ShownType>> {
    try {
      const models = await this.ofRun(tenantId)(names)
      return new Set(shownTypes.filter((type) => models.some(({ takes }) => takes.has(type))))
    } catch (error) {
      if (error instanceof DomainError && error.code === ModelErrors.notConfigured.code)
        return new Set(shownTypes)
      throw error
    }
  }

  /** @throws `models/not-configured` when there is nobody who could connect with it. */
  connect(tenantId: Id<'ten'>, provider: ModelProvider, access: OwnAccess): ModelConnection {
    const key = `${tenantId}|${provider}`
    const known = this.#connections.get(key)
    this.#connections.delete(key)
    const connection = known?.version === access.version ? known.connection : this.#open(provider, access)
    this.#connections.set(key, { version: access.version, connection })
    const [oldest] = this.#connections.keys()
    if (this.#connections.size > mostConnections && oldest !== undefined) this.#connections.delete(oldest)
    return connection
  }

  #open(provider: ModelProvider, access: OwnAccess): ModelConnection {
    const vendor = this.#vendors.get(provider)
    if (!vendor) throw ModelErrors.notConfigured()
    return vendor.connect(access)
  }

  async #model(
    tenantId: Id<'ten'>,
    name: string,
    model: string,
    provider: ModelProvider,
    access: ProviderAccess,
  ): Promise<OpenedModel> {
    const { models } = this.#deps
    switch (access.kind) {
      case 'tenant':
        return opened(name, provider, this.connect(tenantId, provider, access), model)
      case 'platform': {
        const takes = new Set(models.takes?.(name) ?? shownTypes)
        const hostedTools = new Set(models.hostedTools?.(name))
        const opening = await models.model(tenantId, name)
        return { name, provider: providerOf(models, name), model: opening, takes, hostedTools }
      }
      case 'none':
        throw ModelErrors.notConfigured()
    }
  }
}

const opened = (name: string, provider: string, connection: ModelConnection, model: string): OpenedModel => ({
  name,
  provider,
  model: connection.model(model),
  takes: new Set(connection.takes ?? shownTypes),
  hostedTools: new Set(connection.hostedTools),
})

const providerOf = (models: Models, name: string): string => models.providerOf?.(name) ?? models.adapter.name
