import type { Id, Origin } from '@corbel/core'
import { BillingErrors } from '../billing-errors.ts'
import type { CommandService } from '../commands/command-service.ts'
import type { CustomerRepository } from '../ports/customer-repository.ts'
import type { TenantDirectory } from '../ports/tenant-directory.ts'

export interface CustomerServiceDeps {
  readonly customers: CustomerRepository
  readonly directory: TenantDirectory
  readonly commander: Pick<CommandService, 'run'>
}

/** Which customer of the gateway a tenant is. */
export class CustomerService {
  readonly #deps: CustomerServiceDeps

  constructor(deps: CustomerServiceDeps) {
    this.#deps = deps
  }

  /** The customer of a tenant, made when there is none yet. */
  async ensure(tenantId: Id<'ten'>, origin?: Origin): Promise<string> {
    const { customers, commander, directory } = this.#deps
    const known = await customers.find(tenantId)
    if (known) return known.customerId
    const { name } = await directory.tenants.get(tenantId)
    const made = await commander.run(
      { tenantId, lane: 'customer', ...(origin && { origin }) },
      async (scope) =>
        (await scope.customers.find(tenantId))
          ? null
          : { operation: 'createCustomer', input: { tenantId, name } },
    )
    return made?.id ?? this.get(tenantId)
  }

  /** @throws `billing/no-customer` for a tenant that never had to do with the gateway. */
  async get(tenantId: Id<'ten'>): Promise<string> {
    const known = await this.#deps.customers.find(tenantId)
    if (!known) throw BillingErrors.noCustomer()
    return known.customerId
  }
}
