import { milliseconds } from '../../kernel/duration.ts'
import type { Id } from '../../kernel/id.ts'
import { later } from '../../module/timer.ts'
import type { PubSub } from '../../ports/pub-sub.ts'
import type { ActivityRepository } from '../ports/activity-repository.ts'
import { ActivityFeed, type ToldActivity } from './activity-feed.ts'

export const activityTopic = (tenantId: Id<'ten'>): string => `activity:${tenantId}`

export interface Following {
  readonly tenantId: Id<'ten'>
  readonly after: string | null
  readonly signal: AbortSignal
  readonly log: Pick<ActivityRepository, 'bounds' | 'listAfter'>
}

// An access token lives about as long: whoever has lost their right to read comes back with one that says so.
const longest = milliseconds('10m')

/**
 * The streams of this process. The database is the log: a place in it is the id of an event, and places become visible in their
 * order, so a reader who goes on after one has no gap and nothing twice, whatever process it comes back to. What is published only
 * wakes; it may be lost. Readers of one tenant share one read.
 */
export class ActivityFeeds {
  readonly #pubSub: PubSub
  readonly #feeds = new Map<Id<'ten'>, ActivityFeed>()

  constructor({ pubSub }: { readonly pubSub: PubSub }) {
    this.#pubSub = pubSub
  }

  async *follow({ tenantId, after, signal, log }: Following): AsyncGenerator<ToldActivity, void, undefined> {
    const feed = this.#feeds.get(tenantId) ?? new ActivityFeed(this.#pubSub, activityTopic(tenantId))
    this.#feeds.set(tenantId, feed)
    const reader = feed.join()
    const end = later(longest, () => reader.end())
    const leave = (): void => reader.end()
    signal.addEventListener('abort', leave)
    try {
      await feed.ready
      // After the subscription: nothing falls between the two.
      const { base, head } = await log.bounds(tenantId)
      let place = after === null ? head : placeOf(after)
      if (place === null || place < base || place > head) {
        place = head
        yield { id: String(head), event: 'reset', data: null }
      }
      while (!signal.aborted && !reader.isOver) {
        const woken = reader.renew()
        const page = await feed.after(place, () => log.listAfter(tenantId, place ?? head, pageSize))
        for (const event of page) {
          if (signal.aborted || reader.isOver) return
          yield event
          place = Number(event.id)
        }
        if (page.length === 0) await woken
      }
    } finally {
      end()
      signal.removeEventListener('abort', leave)
      if (feed.leave(reader)) {
        this.#feeds.delete(tenantId)
        await feed.close()
      }
    }
  }
}

const pageSize = 100

const placeOf = (after: string): number | null => (/^\d{1,15}$/.test(after) ? Number(after) : null)
