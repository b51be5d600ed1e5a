import {
  type Clock,
  DomainError,
  type Id,
  newId,
  type Origin,
  type Profile,
  type Transaction,
} from '@corbel/core'
import type { EventRecorder, Logger } from '@corbel/core/ports'
import { BillingErrors } from '../billing-errors.ts'
import { BillingEvents } from '../billing-events.ts'
import { isSame } from '../dispatch/is-same.ts'
import { isPassing, noteOf, retryDelayMs } from '../dispatch/retries.ts'
import type { GatewayInput, GatewayOperation, GatewayOutput } from '../gateway/gateway-operations.ts'
import type {
  ClaimedCommand,
  Command,
  CommandDraft,
  CommandLane,
  CommandRepository,
} from '../ports/command-repository.ts'
import type { CustomerRepository } from '../ports/customer-repository.ts'
import type { KeyedOperation, PaymentGateway } from '../ports/payment-gateway.ts'
import type { ObjectRefresh } from './object-refresh.ts'

/** What the gateway is to do, decided in the transaction that records it. */
export interface CommandPlan<K extends GatewayOperation> {
  readonly operation: K
  readonly input: GatewayInput<K>
}

interface Target {
  readonly tenantId: Id<'ten'>
  readonly lane: CommandLane | null
  readonly origin?: Origin
}

export interface CommandScope {
  readonly commands: CommandRepository
  readonly customers: CustomerRepository
  readonly events: EventRecorder
}

export interface CommandServiceDeps<Scope extends CommandScope> {
  /** Null while billing is switched off. */
  readonly gateway: PaymentGateway | null
  readonly commands: CommandRepository
  readonly refresh: ObjectRefresh
  readonly clock: Clock
  readonly logger: Logger
  readonly profile: Profile
  readonly transaction: Transaction<Scope>
}

const leaseMs = 60_000
/** The gateway remembers keys for 24 hours; after that a key says nothing. */
const keysLastMs = 23 * 3_600_000

/** Done while nobody waits for the answer, it would serve nobody. */
const forSomebodyWaiting: ReadonlySet<GatewayOperation> = new Set(['openPortal', 'createSetupIntent'])
const keyed: ReadonlySet<GatewayOperation> = new Set([
  'createCustomer',
  'startSubscription',
  'createCheckout',
])

/**
 * Tells the gateway what to do, so that it happens once whatever dies on the way: recorded first, then sent outside of every
 * transaction under a key made from the record, then what came of it is applied, then the record ends. Whoever finds a record that
 * has not ended goes through the same steps with the same key.
 */
export class CommandService<Scope extends CommandScope = CommandScope> {
  readonly #deps: CommandServiceDeps<Scope>

  constructor(deps: CommandServiceDeps<Scope>) {
    this.#deps = deps
  }

  /**
   * What was begun before in the lane is ended first.
   *
   * @param plan - Runs in the transaction that records the command, perhaps more than once; null when there is nothing to do. What it
   *   makes follows from what it reads there alone.
   * @throws `billing/not-configured`, `billing/change-in-progress`, what `plan` throws, and what the gateway throws. After
   *   `gateway/busy`, `gateway/unavailable` and `gateway/misconfigured` it is tried again in the background.
   */
  async run<K extends GatewayOperation>(
    target: Target,
    plan: (scope: Scope) => Promise<CommandPlan<K> | null>,
  ): Promise<GatewayOutput<K> | null> {
    const { gateway, clock, transaction, profile } = this.#deps
    if (gateway === null) throw BillingErrors.notConfigured()
    const { tenantId, lane, origin } = target
    if (lane !== null) await this.#finish(tenantId, lane)
    const claimed = await transaction(async (scope) => {
      const planned = await plan(scope)
      if (planned === null) return null
      const id = newId('cmd')
      const { operation, input } = planned
      const draft: CommandDraft = {
        id,
        tenantId,
        lane,
        operation,
        input,
        recordedAt: clock.now(),
        key: `${profile}:${tenantId}:${id}`,
      }
      const recorded = await scope.commands.insert(draft, { now: clock.now(), leaseMs })
      if (!recorded) throw BillingErrors.changeInProgress({ retryAfter: 2 })
      // Whoever had the lane until now may have ended after `plan` had read: what they made is seen only behind the insert.
      if (lane !== null && !isSame(await plan(scope), planned))
        throw BillingErrors.changeInProgress({ retryAfter: 1 })
      await scope.events.record(BillingEvents.changeRequested(tenantId, { commandId: id, operation }, origin))
      return recorded
    })
    return claimed && ((await this.#perform(gateway, claimed)) as GatewayOutput<K>)
  }

  /** Goes on with commands that are due again: those that were put off, and those whose process died. Returns how many. */
  async recoverDue(signal?: AbortSignal): Promise<number> {
    const { gateway, commands, clock } = this.#deps
    if (gateway === null) return 0
    for (let count = 0; ;) {
      if (signal?.aborted) return count
      const due = await commands.claimDue({ limit: 20, leaseMs, now: clock.now() })
      if (due.length === 0) return count
      // What fails is noted with the command.
      await Promise.allSettled(due.map((claimed) => this.#recover(gateway, claimed)))
      count += due.length
    }
  }

  async #finish(tenantId: Id<'ten'>, lane: CommandLane): Promise<void> {
    const { gateway, commands, clock } = this.#deps
    const open = await commands.findOpen(tenantId, lane)
    if (!open || gateway === null) return
    const claimed = await commands.claim(tenantId, open.id, { now: clock.now(), leaseMs })
    if (!claimed) throw BillingErrors.changeInProgress({ retryAfter: 2 })
    try {
      await this.#recover(gateway, claimed)
    } catch (error) {
      // What was refused for good is no longer in the way.
      if (isPassing(error)) throw error
    }
  }

  /** The answer under a used key is the one of then, and after a day there is none: the gateway is asked what it has made. */
  async #recover(gateway: PaymentGateway, claimed: ClaimedCommand): Promise<void> {
    const { clock } = this.#deps
    const age = Number(clock.now()) - Number(claimed.recordedAt)
    if (!forSomebodyWaiting.has(claimed.operation) && age < keysLastMs) {
      await this.#perform(gateway, claimed)
      return
    }
    const made = keyed.has(claimed.operation) ? await this.#find(gateway, claimed) : null
    if (made !== null) await this.#conclude(claimed, made)
    else await this.#giveUp(claimed, BillingErrors.commandExpired(), true)
  }

  async #find(gateway: PaymentGateway, claimed: ClaimedCommand): Promise<string | null> {
    const { operation, key, input, recordedAt } = claimed
    const { customerId } = input as { readonly customerId?: string }
    try {
      const found = await gateway.findByKey(operation as KeyedOperation, key, {
        ...(customerId !== undefined && { customerId }),
        // Its clock may be behind ours.
        since: new Date(Number(recordedAt) - 300_000).toISOString(),
      })
      return found?.value.id ?? null
    } catch (error) {
      await this.#failed(claimed, error)
      throw error
    }
  }

  async #perform(gateway: PaymentGateway, claimed: ClaimedCommand): Promise<unknown> {
    let output: unknown
    try {
      const send = gateway[claimed.operation] as (input: unknown, key: string) => Promise<unknown>
      output = await send(claimed.input, claimed.key)
      const { id = null } = output as { readonly id?: string }
      await this.#conclude(claimed, id)
    } catch (error) {
      await this.#failed(claimed, error)
      throw error
    }
    return output
  }

  /** Applies what came of it, then ends the record. Each step may be done again. */
  async #conclude(claimed: ClaimedCommand, resultId: string | null): Promise<void> {
    const { transaction, clock, refresh, commands } = this.#deps
    const { tenantId, operation } = claimed
    if (resultId !== null && operation === 'createCustomer') {
      const customer = { tenantId, customerId: resultId, createdAt: clock.now() }
      await transaction(({ customers }) => customers.insert(customer))
    }
    const subscriptionId = subscriptionOf(claimed, resultId)
    if (subscriptionId !== null) await refresh.refresh(tenantId, 'subscription', subscriptionId)
    await commands.settle(claimed, { status: 'done', resultId, note: null }, clock.now())
  }

  async #failed(claimed: ClaimedCommand, error: unknown): Promise<void> {
    const { commands, clock, logger } = this.#deps
    const { id: commandId, operation, attempts } = claimed
    // Whatever is not an answer of the gateway may come after the deed: only going on tells.
    if (error instanceof DomainError && !isPassing(error)) return this.#giveUp(claimed, error)
    const { delayMs } = retryDelayMs(error, attempts)
    const retryAt = new Date(Number(clock.now()) + delayMs)
    logger.warn('A billing command will be tried again.', { commandId, operation, attempts, retryAt, error })
    await commands.defer(claimed, { retryAt, note: noteOf(error) })
  }

  async #giveUp(claimed: ClaimedCommand, error: DomainError, isLate = false): Promise<void> {
    const { transaction, clock, logger } = this.#deps
    const { id: commandId, tenantId, operation } = claimed
    logger.error('A billing command has failed.', { commandId, operation, isLate, error })
    await transaction(async ({ commands, events }) => {
      const ending = { status: 'failed', resultId: null, note: noteOf(error) } as const
      if (!(await commands.settle(claimed, ending, clock.now()))) return
      await events.record(BillingEvents.changeFailed(tenantId, { commandId, operation, reason: error.code }))
    })
  }
}

/** The subscription that a command has made or changed. */
function subscriptionOf({ operation, input }: Command, resultId: string | null): string | null {
  if (operation === 'startSubscription') return resultId
  const { subscriptionId = null } = input as { readonly subscriptionId?: string }
  return subscriptionId
}
