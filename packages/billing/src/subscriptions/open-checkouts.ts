import type { Id, Origin } from '@corbel/core'
import { BillingErrors } from '../billing-errors.ts'
import type { CommandScope, CommandService } from '../commands/command-service.ts'
import type { ObjectRefresh } from '../commands/object-refresh.ts'
import type { GatewayCheckout } from '../gateway/gateway-objects.ts'
import type { Command, CommandLane, CommandRepository } from '../ports/command-repository.ts'
import type { PaymentGateway } from '../ports/payment-gateway.ts'
import type { ProjectionRepository } from '../ports/projection-repository.ts'

export interface OpenCheckoutsDeps {
  /** Null while billing is switched off. */
  readonly gateway: Pick<PaymentGateway, 'retrieve'> | null
  readonly commander: Pick<CommandService, 'run'>
  readonly commands: CommandRepository
  readonly projections: ProjectionRepository
  readonly refresh: ObjectRefresh
}

/** The checkout that a tenant had last. */
export interface LastCheckout {
  /** What made it; null for a tenant that never had one. */
  readonly command: Command | null
  /** Null when it is no longer open. */
  readonly open: GatewayCheckout | null
}

/** On which page of the gateway a tenant can buy something right now. */
export class OpenCheckouts {
  readonly #deps: OpenCheckoutsDeps

  constructor(deps: OpenCheckoutsDeps) {
    this.#deps = deps
  }

  /** As the gateway has it now; what was bought with it is known then. */
  async find(tenantId: Id<'ten'>): Promise<LastCheckout> {
    const command = await this.#deps.commands.findLast(tenantId, 'createCheckout')
    const open = command?.resultId == null ? null : await this.#openOf(tenantId, command.resultId)
    return { command, open }
  }

  /** Sees to it that nothing can be bought on the last one any more; it may have been paid just before that, which is known then. */
  async close(target: { readonly tenantId: Id<'ten'>; readonly origin?: Origin }): Promise<LastCheckout> {
    const { tenantId, origin } = target
    for (;;) {
      const last = await this.find(tenantId)
      const { open } = last
      if (open === null) return last
      await this.#deps.commander.run(
        { tenantId, lane: 'checkout', ...(origin && { origin }) },
        async (scope) => {
          await mustStillBeLast(scope, tenantId, last)
          return { operation: 'expireCheckout', input: { checkoutId: open.id } }
        },
      )
    }
  }

  async #openOf(tenantId: Id<'ten'>, id: string): Promise<GatewayCheckout | null> {
    const { gateway, projections, refresh } = this.#deps
    const found = (await gateway?.retrieve('checkout', id)) ?? null
    if (found?.type !== 'checkout') return null
    const { status, subscriptionId } = found.value
    // Its event may be on the way still.
    if (subscriptionId !== null && !(await projections.find(tenantId, 'subscription', subscriptionId)))
      await refresh.refresh(tenantId, 'subscription', subscriptionId)
    return status === 'open' ? found.value : null
  }
}

/** One was made since: whether it is open, only the gateway can say. */
export async function mustStillBeLast(
  { commands }: Pick<CommandScope, 'commands'>,
  tenantId: Id<'ten'>,
  { command }: LastCheckout,
): Promise<void> {
  if ((await commands.findLast(tenantId, 'createCheckout'))?.id !== command?.id)
    throw BillingErrors.changeInProgress({ retryAfter: 1 })
}

/**
 * Keeps a tenant from beginning a subscription in two ways at once: whoever comes second waits for the first one's record, and finds it.
 * To be called by what decides on a command that begins one.
 */
export async function mustBeAlone(
  { customers, commands }: Pick<CommandScope, 'customers' | 'commands'>,
  { tenantId, customerId }: { readonly tenantId: Id<'ten'>; readonly customerId: string },
  other: CommandLane,
): Promise<void> {
  await customers.lock([customerId])
  if ((await commands.findOpen(tenantId, other)) !== null)
    throw BillingErrors.changeInProgress({ retryAfter: 2 })
}
