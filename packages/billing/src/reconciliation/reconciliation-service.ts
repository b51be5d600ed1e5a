import { addMilliseconds, before, type Clock, hostOrigin, type Origin, type Transaction } from '@corbel/core'
import type { EventRecorder, Logger } from '@corbel/core/ports'
import { BillingErrors } from '../billing-errors.ts'
import { BillingEvents } from '../billing-events.ts'
import type { ObjectRefresh } from '../commands/object-refresh.ts'
import { subjectOf } from '../dispatch/decide.ts'
import { isPassing } from '../dispatch/retries.ts'
import type { ObjectDifference } from '../dispatch/differences.ts'
import { type IntakeService, isOfAccount, ownAccount, toInboxDraft } from '../inbox/intake-service.ts'
import type { InboxDraft, InboxRepository } from '../ports/inbox-repository.ts'
import type { PaymentGateway } from '../ports/payment-gateway.ts'
import type { ProjectionKey, ProjectionRepository } from '../ports/projection-repository.ts'
import type { ReconciliationRepository } from '../ports/reconciliation-repository.ts'
import type { ObjectComparison } from './object-comparison.ts'
import type { ReconcileReport, ReconcileRequest } from './reconciliation.ts'

export interface ReconciliationServiceDeps {
  /** Null while billing is switched off. */
  readonly gateway: Pick<PaymentGateway, 'listEvents' | 'listSubscriptions' | 'livemode' | 'read'> | null
  readonly account: string | null
  readonly inbox: InboxRepository
  readonly projections: ProjectionRepository
  readonly reconciliations: ReconciliationRepository
  readonly intake: Pick<IntakeService, 'store'>
  readonly comparison: ObjectComparison
  readonly refresh: ObjectRefresh
  readonly clock: Clock
  readonly logger: Logger
  readonly transaction: Transaction<{ readonly events: EventRecorder }>
}

type Gateway = NonNullable<ReconciliationServiceDeps['gateway']>

/** What one page came to. */
interface Page extends Omit<ReconcileReport, 'dryRun' | 'nextCursor'> {
  /** Null behind the last page of its kind. */
  readonly next: string | null
}

/** The gateway keeps events this long. */
const kept = '30d'
/** An event may be listed some time after the moment that it names. */
const overlapMs = 3_600_000
const pageSize = 50

/** Makes up for days in which nothing was delivered: what the gateway has is compared with what is known, and taken over. */
export class ReconciliationService {
  readonly #deps: ReconciliationServiceDeps

  constructor(deps: ReconciliationServiceDeps) {
    this.#deps = deps
  }

  /** One page. @throws `billing/not-configured`, and what the gateway throws: what was taken over before stays. */
  async reconcile(
    { since, cursor, dryRun }: ReconcileRequest,
    origin: Origin = hostOrigin,
  ): Promise<ReconcileReport> {
    const { gateway, clock } = this.#deps
    if (gateway === null) throw BillingErrors.notConfigured()
    const from = since === undefined ? before(clock.now(), kept) : new Date(since)
    const at = cursor ?? `events:${Number(from)}:`
    const [phase = '', ...rest] = at.split(':')
    const place = rest.at(-1) || null
    const { next, ...found } = await this.#page(gateway, { phase, since: Number(rest[0]), place, dryRun })
    const { missedEvents, differences } = found
    if (!dryRun && missedEvents.length + differences.length > 0)
      await this.#note({ missedEvents: missedEvents.length, differences: differences.length }, origin)
    const nextPhase = phase === 'events' ? 'listed:' : phase === 'listed' ? 'open:' : null
    const prefix = phase === 'events' ? `events:${rest[0]}` : phase
    return { dryRun, ...found, nextCursor: next === null ? nextPhase : `${prefix}:${next}` }
  }

  /** Takes over the events since the last one that is known to be stored; goes on where a pass was cut off. */
  async reconcileEvents(signal?: AbortSignal): Promise<void> {
    const { gateway, clock, reconciliations } = this.#deps
    if (gateway === null) return
    const mark = await reconciliations.find(ownAccount)
    const since = mark ? addMilliseconds(mark.reachedAt, -overlapMs) : before(clock.now(), kept)
    const pass = mark?.pass ?? { startedAt: clock.now(), cursor: `events:${Number(since)}:` }
    for (let { cursor } = pass; ;) {
      if (signal?.aborted) return
      const { nextCursor } = await this.reconcile({ cursor, dryRun: false }).catch(async (error: unknown) => {
        // What a pass of long ago would go on behind is no longer there: the next one begins anew.
        if (mark?.pass && !isPassing(error)) await reconciliations.save({ ...mark, pass: null })
        throw error
      })
      if (!nextCursor?.startsWith('events:'))
        // Only now: what lies behind the newest page was not seen before.
        return reconciliations.save({ account: ownAccount, reachedAt: pass.startedAt, pass: null })
      cursor = nextCursor
      await reconciliations.save({
        account: ownAccount,
        reachedAt: mark?.reachedAt ?? since,
        pass: { startedAt: pass.startedAt, cursor },
      })
    }
  }

  /** Compares every subscription, theirs and ours. */
  async compareAll(signal?: AbortSignal): Promise<void> {
    if (this.#deps.gateway === null) return
    for (let cursor: string | null = 'listed:'; cursor !== null;) {
      if (signal?.aborted) return
      cursor = (await this.reconcile({ cursor, dryRun: false })).nextCursor
    }
  }

  #page(
    gateway: Gateway,
    at: {
      readonly phase: string
      readonly since: number
      readonly place: string | null
      readonly dryRun: boolean
    },
  ): Promise<Page> {
    const { place, dryRun } = at
    if (at.phase === 'events') return this.#events(gateway, new Date(at.since).toISOString(), place, dryRun)
    return at.phase === 'listed' ? this.#listed(gateway, place, dryRun) : this.#open(place, dryRun)
  }

  async #events(gateway: Gateway, since: string, place: string | null, dryRun: boolean): Promise<Page> {
    const { inbox, intake, comparison, account, clock } = this.#deps
    const { items, next } = await gateway.listEvents(since, place ?? undefined)
    const ours = items.filter((event) => event.livemode === gateway.livemode && isOfAccount(event, account))
    const ids = ours.map(({ id }) => id)
    const stored = ids.length === 0 ? [] : await inbox.list({ ids }, { limit: ids.length, after: null })
    const known = new Set(stored.map(({ id }) => id))
    const receivedAt = clock.now()
    const missed: readonly InboxDraft[] = ours
      .filter(({ id }) => !known.has(id))
      .map((event) => toInboxDraft(event, { secretIndex: null, receivedAt }))
    const subjects = missed.flatMap(({ payload }) => {
      const subject = subjectOf(gateway.read(payload as Readonly<Record<string, unknown>>))
      return subject ? [subject.key] : []
    })
    // Before they are stored: after that they are applied by whoever is first.
    const differences = await comparison.compare(subjects)
    if (!dryRun && missed.length > 0) await intake.store(missed)
    return { checked: ours.length, missedEvents: missed.map(({ id }) => id), differences, next }
  }

  async #listed(gateway: Gateway, place: string | null, dryRun: boolean): Promise<Page> {
    const { items, next } = await gateway.listSubscriptions(place ?? undefined)
    const found = await this.#deps.comparison.compareWith(items)
    if (!dryRun) await this.#takeOver(found)
    return { checked: items.length, missedEvents: [], differences: found, next }
  }

  async #open(place: string | null, dryRun: boolean): Promise<Page> {
    const { projections, comparison } = this.#deps
    const rows = await projections.listOpen({ limit: pageSize, after: place })
    const page = rows.slice(0, pageSize)
    const keys = page.map(({ object }): ProjectionKey => ({ type: 'subscription', id: object.value.id }))
    const found = await comparison.compare(keys)
    if (!dryRun) await this.#takeOver(found)
    const next = rows.length > pageSize ? (keys.at(-1)?.id ?? null) : null
    return { checked: page.length, missedEvents: [], differences: found, next }
  }

  async #takeOver(differences: readonly ObjectDifference[]): Promise<void> {
    const ids = new Set(differences.map(({ id }) => id))
    for (const id of ids) await this.#deps.comparison.takeOver(id)
  }

  async #note(
    found: { readonly missedEvents: number; readonly differences: number },
    origin: Origin,
  ): Promise<void> {
    this.#deps.logger.warn('The payment provider had what was not known here.', found)
    await this.#deps.transaction(({ events }) => events.record(BillingEvents.reconciled(null, found, origin)))
  }
}
