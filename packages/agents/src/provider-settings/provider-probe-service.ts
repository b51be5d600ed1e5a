import { type DomainError, hostOrigin, type Id, type Origin } from '@corbel/core'
import { ModelErrors } from '../models/model-errors.ts'
import type { TenantModels } from '../models/tenant-models.ts'
import type { ModelConnection } from '../ports/model-vendor.ts'
import type { ModelProvider, ProviderTest } from './provider-setting.ts'
import type { ProviderSettingService } from './provider-setting-service.ts'

export interface ProviderProbeServiceDeps {
  readonly tenantModels: TenantModels
  readonly settings: ProviderSettingService
}

const timeLimitMs = 10_000

/** Asks providers of models what a key of a tenant opens. Nothing of what they answer is handed on but names of models. */
export class ProviderProbeService {
  readonly #deps: ProviderProbeServiceDeps

  constructor(deps: ProviderProbeServiceDeps) {
    this.#deps = deps
  }

  /**
   * The models that the tenant's own key may use, by name, whether it is in use or not.
   *
   * @throws `provider-settings/not-found`, `models/not-configured`, `models/refused`, `models/unavailable`
   */
  async listModels(
    tenantId: Id<'ten'>,
    provider: ModelProvider,
  ): Promise<{ readonly data: readonly string[] }> {
    const { settings, tenantModels } = this.#deps
    const { access } = await settings.accessByProvider(tenantId, provider)
    return { data: await ask(tenantModels.connect(tenantId, provider, access)) }
  }

  /**
   * Tries a key, whether it is in use or not, and notes how that went. Not to be called inside a transaction.
   *
   * @throws `provider-settings/not-found`, `provider-settings/changed`, `models/not-configured`
   */
  async test(tenantId: Id<'ten'>, id: Id<'pst'>, origin: Origin = hostOrigin): Promise<ProviderTest> {
    const { settings, tenantModels } = this.#deps
    const { setting, access } = await settings.accessById(tenantId, id)
    const connection = tenantModels.connect(tenantId, setting.provider, access)
    const problem = await ask(connection).then(
      () => null,
      (error: DomainError) => error.code,
    )
    const { testedAt } = await settings.noteTest(setting, problem === null, origin)
    return { passed: problem === null, problem, testedAt }
  }
}

async function ask(connection: ModelConnection): Promise<readonly string[]> {
  try {
    const names = await connection.listModels(AbortSignal.timeout(timeLimitMs))
    return names.filter((name) => isName.test(name)).toSorted()
  } catch (cause) {
    const status = typeof cause === 'object' && cause !== null && 'status' in cause ? cause.status : null
    const isRefused = status === 401 || status === 403
    throw isRefused ? ModelErrors.refused({}, { cause }) : ModelErrors.unavailable({}, { cause })
  }
}

/** Whatever else a server may call a model is nothing to show. */
const isName = /^[\w./:@-]{1,200}$/
