import type { Clock } from '../../kernel/clock.ts'
import { before } from '../../kernel/duration.ts'
import type { Id } from '../../kernel/id.ts'
import { PageErrors, toPage, toPageRequest } from '../../kernel/page.ts'
import type { EventHandler, EventSpec } from '../../module/define-events.ts'
import type { ActivityMark } from '../../ports/activity-mark.ts'
import type { RecordedEvent } from '../../ports/outbox.ts'
import type { PubSub } from '../../ports/pub-sub.ts'
import type { ActivityReader, ActivityRepository } from '../ports/activity-repository.ts'
import { TenantErrors } from '../tenant-errors.ts'
import type { Activity, ActivityPage, ActivityQuery } from './activity.ts'
import type { ToldActivity } from './activity-feed.ts'
import { type ActivityFeeds, activityTopic } from './activity-feeds.ts'

export interface ActivityServiceDeps {
  readonly activity: ActivityRepository
  readonly activityFeeds: ActivityFeeds
  readonly pubSub: PubSub
  readonly clock: Clock
  readonly events: readonly EventSpec[]
}

/** What members of a tenant are shown of what happens in it: the events of every module that declare themselves visible. */
export class ActivityService {
  readonly #deps: ActivityServiceDeps

  constructor(deps: ActivityServiceDeps) {
    this.#deps = deps
  }

  /** Keep what happens, once by the id of the event, and tell the streams of every process. */
  handlers(): readonly EventHandler[] {
    return this.#deps.events
      .filter(({ activity }) => activity)
      .map(({ type }) => ({ type, handle: (event) => this.record(event) }))
  }

  /** Nothing for an event without a tenant. Recording one again changes nothing. */
  async record({ tenantId, ...event }: RecordedEvent): Promise<void> {
    if (tenantId === null || !event.activity) return
    await this.#deps.activity.insert(tenantId, activityOf(event, event.activity))
    // Said again with each attempt: what is not heard by anybody is read with whatever comes next.
    await this.#deps.pubSub.publish(activityTopic(tenantId), '')
  }

  /** @throws `page/invalid-cursor` */
  async list(
    { tenantId, userId }: ActivityReader,
    { limit, cursor, ...filter }: ActivityQuery,
  ): Promise<ActivityPage> {
    const request = toPageRequest({ limit, ...(cursor !== undefined && { cursor }) })
    const { rows, unreadCount } = await this.#deps.activity.list({ tenantId, userId }, filter, {
      ...request,
      after: placeIn(request.after),
    })
    const page = toPage(rows, limit, ({ seq }) => String(seq))
    return { data: page.data.map(({ item }) => item), nextCursor: page.nextCursor, unreadCount }
  }

  /**
   * What happens from now on, or after a place.
   *
   * @param after - Id of the last event seen; any text is safe to pass on.
   */
  follow(tenantId: Id<'ten'>, after: string | null, signal: AbortSignal): AsyncIterable<ToldActivity> {
    return this.#deps.activityFeeds.follow({ tenantId, after, signal, log: this.#deps.activity })
  }

  /** @throws `tenant/activity-not-found` */
  async mark({ tenantId, userId }: ActivityReader, id: Id<'evt'>, mark: 'read' | 'dismissed'): Promise<void> {
    if (!(await this.#deps.activity.mark({ tenantId, userId }, id, mark)))
      throw TenantErrors.activityNotFound()
  }

  markAllRead({ tenantId, userId }: ActivityReader): Promise<void> {
    return this.#deps.activity.markAllRead({ tenantId, userId })
  }

  /** Forgets what happened more than 90 days ago; returns how many. */
  purge(): Promise<number> {
    return this.#deps.activity.purge(before(this.#deps.clock.now(), '90d'))
  }
}

function activityOf(
  { id, type, occurredAt, payload }: Omit<RecordedEvent, 'tenantId'>,
  { outcome, actorId, impersonatorId, objectId, requestId }: ActivityMark,
): Activity {
  return {
    id,
    action: type,
    occurredAt: occurredAt.toISOString(),
    outcome,
    source: sourceOf(actorId),
    actorId,
    impersonatorId,
    objectId,
    requestId,
    data: payload as Activity['data'],
  }
}

function sourceOf(actorId: Id | null): Activity['source'] {
  if (actorId === null) return 'host'
  return actorId.startsWith('usr_') ? 'user' : 'machine'
}

/** @throws `page/invalid-cursor` when it is not the place of this list. */
function placeIn(after: string | null): string | null {
  if (after !== null && !/^\d{1,15}$/.test(after)) throw PageErrors.invalidCursor()
  return after
}
