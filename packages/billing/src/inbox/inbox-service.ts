import {
  type Clock,
  hostOrigin,
  type Id,
  type Origin,
  type Page,
  toPage,
  toPageRequest,
  type Transaction,
} from '@corbel/core'
import type { EventRecorder, JobRecorder } from '@corbel/core/ports'
import { BillingErrors } from '../billing-errors.ts'
import { BillingEvents } from '../billing-events.ts'
import { BillingJobs } from '../billing-jobs.ts'
import { decide, isProjected } from '../dispatch/decide.ts'
import { differencesOf, type ObjectDifference } from '../dispatch/differences.ts'
import { groupEvents } from '../dispatch/event-groups.ts'
import type { InboxEvent, InboxFilter, InboxRepository } from '../ports/inbox-repository.ts'
import type { PaymentGateway } from '../ports/payment-gateway.ts'
import type { ProjectionRepository } from '../ports/projection-repository.ts'
import {
  type InboxEntry,
  type InboxEntryDetail,
  type InboxQuery,
  type ReplayReport,
  type ReplayRequest,
  TenantInboxEntry,
  type TenantInboxQuery,
} from './inbox-entry.ts'
import { ownAccount } from './intake-service.ts'

export interface InboxServiceDeps {
  readonly gateway: Pick<PaymentGateway, 'read' | 'retrieve'> | null
  readonly inbox: InboxRepository
  readonly projections: ProjectionRepository
  readonly clock: Clock
  readonly transaction: Transaction<{
    readonly inbox: InboxRepository
    readonly events: EventRecorder
    readonly jobs: JobRecorder
  }>
}

/** Most events that a dry run looks at. */
const mostShown = 1000

/** What operators see of the events of the gateway, and how they have them applied again. */
export class InboxService {
  readonly #deps: InboxServiceDeps

  constructor(deps: InboxServiceDeps) {
    this.#deps = deps
  }

  async list({ limit, cursor, ...filter }: InboxQuery): Promise<Page<InboxEntry>> {
    const page = toPageRequest({ limit, ...(cursor !== undefined && { cursor }) })
    const { data, nextCursor } = toPage(
      await this.#deps.inbox.list(toFilter(filter), page),
      limit,
      ({ position }) => position,
    )
    return { data: data.map(toEntry), nextCursor }
  }

  /** Those about one tenant that have ended. */
  async listOfTenant(
    tenantId: Id<'ten'>,
    { limit, cursor, type, status }: TenantInboxQuery,
  ): Promise<Page<TenantInboxEntry>> {
    const filter = { ...(type !== undefined && { type }), ...(status !== undefined && { status }) }
    const page = toPageRequest({ limit, ...(cursor !== undefined && { cursor }) })
    const rows = await this.#deps.inbox.listOfTenant(tenantId, filter, page)
    const { data, nextCursor } = toPage(rows, limit, ({ position }) => position)
    return { data: data.map((event) => TenantInboxEntry.parse(toEntry(event))), nextCursor }
  }

  /** @throws `billing/event-not-found` */
  async get(id: string): Promise<InboxEntryDetail> {
    const event = await this.#deps.inbox.find({ account: ownAccount, id })
    if (!event) throw BillingErrors.eventNotFound()
    return { ...toEntry(event), payload: event.payload }
  }

  /** @throws `billing/not-configured`, and in a dry run what the gateway throws. */
  async replay({ dryRun, ...request }: ReplayRequest, origin: Origin = hostOrigin): Promise<ReplayReport> {
    const { gateway, transaction, clock } = this.#deps
    if (gateway === null) throw BillingErrors.notConfigured()
    const filter = toFilter(request)
    if (dryRun) return this.#preview(gateway, filter)
    const count = await transaction(async ({ inbox, events, jobs }) => {
      const replayed = await inbox.replay(filter, clock.now())
      if (replayed === 0) return 0
      await events.record(BillingEvents.eventsReplayed(null, { ...request, count: replayed }, origin))
      await jobs.enqueue(BillingJobs.dispatch.of(null, {}, { singletonKey: 'dispatch' }))
      return replayed
    })
    return { dryRun, events: count, differences: [] }
  }

  async #preview(
    gateway: Pick<PaymentGateway, 'read' | 'retrieve'>,
    filter: InboxFilter,
  ): Promise<ReplayReport> {
    const { inbox, projections, clock } = this.#deps
    const found = await inbox.list(filter, { limit: mostShown, after: null })
    const events = found.slice(0, mostShown).filter(({ status }) => status !== 'pending')
    const { groups } = groupEvents(gateway, events)
    const known = await projections.load(groups.map(({ key }) => key))
    const differences: ObjectDifference[] = []
    for (const group of groups) {
      const { type, id } = group.key
      const projection = known.find(({ object }) => object.type === type && object.value.id === id) ?? null
      let decision = decide(group, projection, undefined)
      if (decision.is === 'ask') {
        const at = clock.now()
        const answer = await gateway.retrieve(type, id)
        decision = decide(group, projection, { object: answer && isProjected(answer) ? answer : null, at })
      }
      if (decision.is === 'apply') differences.push(...differencesOf(projection, decision.object))
    }
    return { dryRun: true, events: events.length, differences }
  }
}

const toFilter = ({
  from,
  until,
  ...rest
}: Pick<
  ReplayRequest,
  'ids' | 'type' | 'tenantId' | 'status' | 'objectId' | 'from' | 'until'
>): InboxFilter => ({
  ...(Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) as InboxFilter),
  ...(from !== undefined && { from: new Date(from) }),
  ...(until !== undefined && { until: new Date(until) }),
})

const toEntry = (event: InboxEvent): InboxEntry => ({
  id: event.id,
  kind: event.kind,
  type: event.type,
  objectType: event.objectType,
  objectId: event.objectId,
  tenantId: event.tenantId,
  apiVersion: event.apiVersion,
  status: event.status,
  attempts: event.attempts,
  replays: event.replays,
  note: event.note,
  occurredAt: event.occurredAt.toISOString(),
  receivedAt: event.receivedAt.toISOString(),
  dueAt: event.dueAt?.toISOString() ?? null,
  endedAt: event.endedAt?.toISOString() ?? null,
})
