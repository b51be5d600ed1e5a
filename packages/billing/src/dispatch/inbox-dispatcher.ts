import type { Clock, Transaction } from '@corbel/core'
import type { Counter, EventRecorder, Logger } from '@corbel/core/ports'
import type { CustomerRepository } from '../ports/customer-repository.ts'
import type { ClaimedInboxEvent, InboxRepository, InboxSettlement } from '../ports/inbox-repository.ts'
import type { PaymentGateway } from '../ports/payment-gateway.ts'
import type { ProjectionKey, ProjectionRepository } from '../ports/projection-repository.ts'
import { decide, type EventGroup, type Fetched } from './decide.ts'
import { duplicatesAmong, type Saved } from './duplicates.ts'
import { type Departure, groupEvents } from './event-groups.ts'
import { conclude } from './conclude.ts'
import { mostAttempts, mostLapses, noteOf, retryDelayMs } from './retries.ts'
import { GatewayErrors } from '../gateway/gateway-errors.ts'

export interface DispatchScope {
  readonly inbox: InboxRepository
  readonly customers: CustomerRepository
  readonly projections: ProjectionRepository
  readonly events: EventRecorder
}

export interface InboxDispatcherDeps {
  readonly gateway: Pick<PaymentGateway, 'read' | 'retrieve'> | null
  readonly inbox: InboxRepository
  readonly clock: Clock
  readonly logger: Logger
  readonly ended: Counter
  readonly transaction: Transaction<DispatchScope>
}

type Group = EventGroup<ClaimedInboxEvent>
type Answers = ReadonlyMap<string, Fetched>

const mostAtOnce = 200
const leaseMs = 60_000
/** Well within the lease: what hangs must not look like what died. */
const questionsForMs = 40_000
/** Questions to the gateway at a time; it allows about 100 reads a second. */
const questionsAtOnce = 8

const nameOf = ({ type, id }: ProjectionKey): string => `${type} ${id}`

interface Attempt {
  readonly endings: readonly InboxSettlement[]
  readonly isLast: boolean
}

/** Somebody else took the events over meanwhile. */
class LeaseLost extends Error {}

/**
 * Applies stored events to what is known of the gateway's objects. Any number of dispatchers side by side. What an event says is a
 * state, never a step, so neither order nor repetition matters.
 */
export class InboxDispatcher {
  readonly #deps: InboxDispatcherDeps

  constructor(deps: InboxDispatcherDeps) {
    this.#deps = deps
  }

  /** Applies what is due until nothing is, and returns how many events that were. */
  async dispatchDue(signal?: AbortSignal): Promise<number> {
    const { inbox, clock, gateway } = this.#deps
    if (gateway === null) return 0
    for (let count = 0; ;) {
      if (signal?.aborted) return count
      const claimed = await inbox.claim({ limit: mostAtOnce, leaseMs, now: clock.now() })
      if (claimed.length === 0) return count
      const [first] = claimed
      // What lapsed came alone. Not even read: that may be what ends the process.
      if (first && first.lapses >= mostLapses) await this.#giveUpLapsed(first)
      else await this.#apply(gateway, claimed)
      count += claimed.length
    }
  }

  async #apply(
    gateway: Pick<PaymentGateway, 'read' | 'retrieve'>,
    claimed: readonly ClaimedInboxEvent[],
  ): Promise<void> {
    const { known, rest } = await this.#withoutTwins(claimed)
    const { groups, departures, foreign } = groupEvents(gateway, rest)
    const ignored = foreign.map((claim) =>
      settlement(claim, 'ignored', null, 'about nothing that is kept here'),
    )
    if (departures.length > 0) await this.#guarded(departures, () => this.#depart(departures))
    const open = await this.#attempt(groups, new Map(), { endings: [...known, ...ignored] })
    if (open.length > 0) await this.#attempt(open, await this.#ask(gateway, open), { isLast: true })
  }

  /** Its tenant is no customer from now on; what is still told of its subscriptions and invoices is the tenant's as before. */
  async #depart(departures: readonly Departure<ClaimedInboxEvent>[]): Promise<void> {
    const { transaction, clock, ended } = this.#deps
    const settled = await transaction(async ({ inbox, customers }) => {
      const ids = departures.map(({ customerId }) => customerId)
      const tenants = await customers.lock(ids)
      await customers.retire(ids, clock.now())
      const endings = departures.map(({ event, customerId }) => {
        const tenantId = tenants.get(customerId) ?? null
        return tenantId === null
          ? settlement(event, 'ignored', null, 'the customer belongs to no tenant')
          : settlement(event, 'done', tenantId, null)
      })
      if ((await inbox.settle(endings, clock.now())) !== endings.length) throw new LeaseLost()
      return endings
    })
    for (const { outcome } of settled) ended.add({ outcome })
  }

  /** Thin events whose snapshot is stored too: it does the work. */
  async #withoutTwins(claimed: readonly ClaimedInboxEvent[]) {
    const known: InboxSettlement[] = []
    const rest: ClaimedInboxEvent[] = []
    for (const event of claimed) {
      const { account, twinId } = event
      const twin = twinId === null ? null : await this.#deps.inbox.find({ account, id: twinId })
      if (twin && twin.status !== 'dead')
        known.push(settlement(event, 'superseded', twin.tenantId, `the same as ${twin.id}`))
      else rest.push(event)
    }
    return { known, rest }
  }

  /**
   * Applies groups in one transaction, or one by one when that fails; returns those that only the gateway can decide. `endings` are of
   * other events, about which nothing else is to be done.
   */
  async #attempt(
    groups: readonly Group[],
    answers: Answers,
    { endings = [], isLast = false }: Partial<Attempt>,
  ): Promise<readonly Group[]> {
    if (groups.length === 0) {
      await this.#guarded([], () => this.#settle(endings))
      return []
    }
    try {
      const open = await this.#commit(groups, answers, endings)
      if (isLast) await Promise.all(open.map((group) => this.#putOff(group)))
      return open
    } catch (error) {
      const [only, ...others] = groups
      if (only && others.length === 0 && endings.length === 0) {
        await this.#failed(only, error)
        return []
      }
      // One that cannot be applied must not hold the others.
      await this.#guarded([], () => this.#settle(endings))
      const open: Group[] = []
      for (const group of groups) open.push(...(await this.#attempt([group], answers, { isLast })))
      return open
    }
  }

  async #commit(
    groups: readonly Group[],
    answers: Answers,
    others: readonly InboxSettlement[],
  ): Promise<readonly Group[]> {
    const { transaction, clock, ended } = this.#deps
    const { open, settled } = await transaction(async ({ inbox, customers, projections, events }) => {
      const gone = groups.filter(({ key }) => answers.get(nameOf(key))?.object === null)
      const tenants = await customers.lock([
        ...groups.flatMap((group) => {
          const { told } = group.events[0]
          const object = answers.get(nameOf(group.key))?.object ?? told
          return object ? [object.value.customerId] : []
        }),
        // Whose they were never changes, so that it may be read before the lock.
        ...(await projections.load(gone.map(({ key }) => key))).map(({ object }) => object.value.customerId),
      ])
      const known = new Map(
        (await projections.load(groups.map(({ key }) => key))).map((projection) => [
          nameOf({ type: projection.object.type, id: projection.object.value.id }),
          projection,
        ]),
      )
      const unsure: Group[] = []
      const changed: Saved[] = []
      const endings: InboxSettlement[] = [...others]
      for (const group of groups) {
        const projection = known.get(nameOf(group.key)) ?? null
        const decision = decide(group, projection, answers.get(nameOf(group.key)))
        if (decision.is === 'ask') {
          unsure.push(group)
          continue
        }
        const { save, record, settle } = conclude(group, decision, projection, tenants)
        if (save) changed.push({ now: save, before: projection })
        await events.record(...record)
        endings.push(...settle)
      }
      await projections.save(changed.map(({ now }) => now))
      await events.record(...(await duplicatesAmong(projections, changed)))
      // Also proves that the leases still hold: else somebody else applies these events.
      if ((await inbox.settle(endings, clock.now())) !== endings.length) throw new LeaseLost()
      return { open: unsure, settled: endings }
    })
    for (const { outcome } of settled) ended.add({ outcome })
    return open
  }

  async #settle(settlements: readonly InboxSettlement[]): Promise<void> {
    await this.#deps.inbox.settle(settlements, this.#deps.clock.now())
    for (const { outcome } of settlements) this.#deps.ended.add({ outcome })
  }

  /** Asks for each object once. What could not be learned is put off. */
  async #ask(gateway: Pick<PaymentGateway, 'retrieve'>, groups: readonly Group[]): Promise<Answers> {
    const answers = new Map<string, Fetched>()
    const waiting = [...groups]
    const late = rejectedAfter(questionsForMs, () =>
      GatewayErrors.unavailable({ detail: 'There was no answer in time.' }),
    )
    const work = async () => {
      for (let group = waiting.shift(); group; group = waiting.shift()) {
        const at = this.#deps.clock.now()
        try {
          const { type, id } = group.key
          const object = await Promise.race([gateway.retrieve(type, id), late])
          if (object === null || object.type === 'subscription' || object.type === 'invoice')
            answers.set(nameOf(group.key), { object, at })
        } catch (error) {
          await this.#failed(group, error)
        }
      }
    }
    await Promise.all(Array.from({ length: questionsAtOnce }, work))
    return answers
  }

  /** It changed between the question and the answer: soon again. */
  async #putOff(group: Group): Promise<void> {
    await this.#failed(group, GatewayErrors.busy({ retryAfter: 1 }))
  }

  async #failed(group: Group, error: unknown): Promise<void> {
    if (error instanceof LeaseLost) return
    const { inbox, clock, logger, ended } = this.#deps
    await this.#guarded(group.events, async () => {
      for (const { event } of group.events) {
        const { id, type, attempts } = event
        const note = noteOf(error)
        const { uncounted, delayMs } = retryDelayMs(error, attempts)
        if (!uncounted && attempts >= mostAttempts) {
          await this.#giveUp(event, note, error)
          continue
        }
        const retryAt = new Date(clock.now().getTime() + delayMs)
        logger.warn('A billing event will be tried again.', { eventId: id, type, attempts, retryAt, error })
        await inbox.defer(event, { retryAt, note, uncounted })
        ended.add({ outcome: uncounted ? 'busy' : 'retry' })
      }
    })
  }

  async #giveUpLapsed(event: ClaimedInboxEvent): Promise<void> {
    const note = `its handling never ended, ${event.lapses} times in a row: the process died or hung`
    await this.#guarded([{ event }], () => this.#giveUp(event, note))
  }

  async #giveUp(event: ClaimedInboxEvent, note: string, error?: unknown): Promise<void> {
    const { id: eventId, type, attempts } = event
    this.#deps.logger.error('A billing event was given up.', { eventId, type, attempts, note, error })
    await this.#settle([settlement(event, 'dead', null, note)])
  }

  /** What cannot be noted is done again when its lease has run out. */
  async #guarded(
    events: readonly Pick<Group['events'][0], 'event'>[],
    note: () => Promise<void>,
  ): Promise<void> {
    try {
      await note()
    } catch (error) {
      const ids = events.map(({ event }) => event.id)
      this.#deps.logger.error('What became of billing events could not be noted.', { eventIds: ids, error })
    }
  }
}

/** Never resolves; harmless when nobody waits for it. */
function rejectedAfter(ms: number, reason: () => Error): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>()
  promise.catch(() => {})
  AbortSignal.timeout(ms).addEventListener('abort', () => reject(reason()), { once: true })
  return promise
}

const settlement = (
  claim: ClaimedInboxEvent,
  outcome: InboxSettlement['outcome'],
  tenantId: InboxSettlement['tenantId'],
  note: string | null,
): InboxSettlement => ({ claim, outcome, tenantId, note })
