import type { Id } from '../../kernel/id.ts'
import type { PageRequest } from '../../kernel/page.ts'
import type { Activity, ActivityFilter, ActivityItem } from '../activity/activity.ts'

/** An activity and its place among those of its tenant, from 1 on. */
export interface PlacedActivity {
  readonly seq: number
  readonly activity: Activity
}

/** What is kept for a stream: everything after `base`, up to and with `head`. */
export interface ActivityBounds {
  readonly base: number
  readonly head: number
}

/** Whose view of the activity it is. */
export interface ActivityReader {
  readonly tenantId: Id<'ten'>
  readonly userId: Id<'usr'>
}

/**
 * What happened in each tenant, for its members; only ever added to. Places grow in the order in which activities become visible:
 * whoever has read up to one misses none by going on after it, however writes interleave.
 */
export interface ActivityRepository {
  /** Adds one. One that is there already changes nothing, nor does one of a tenant that is not there, or was erased. Of concurrent callers with one id, one adds. */
  insert(tenantId: Id<'ten'>, activity: Activity): Promise<void>
  /** Up to `limit` after a place, oldest first. */
  listAfter(tenantId: Id<'ten'>, seq: number, limit: number): Promise<readonly PlacedActivity[]>
  bounds(tenantId: Id<'ten'>): Promise<ActivityBounds>
  /** Newest first, one more than `limit` when there are more, and how many are unread, of which no more than 1000 are counted. `after` is a place. */
  list(
    reader: ActivityReader,
    filter: ActivityFilter,
    page: PageRequest,
  ): Promise<{
    readonly rows: readonly (Omit<PlacedActivity, 'activity'> & { readonly item: ActivityItem })[]
    readonly unreadCount: number
  }>
  /** Marks one as read; `dismissed` hides it for good. Doing so again changes nothing. Whether there is such an activity. */
  mark(reader: ActivityReader, id: Id<'evt'>, mark: 'read' | 'dismissed'): Promise<boolean>
  /** Marks everything as read that is visible now, and nothing that comes later. */
  markAllRead(reader: ActivityReader): Promise<void>
  /** Forgets what a user has read, in every tenant. */
  forget(userId: Id<'usr'>): Promise<void>
  /** Forgets what happened before a time, in every tenant; returns how many. */
  purge(before: Date): Promise<number>
}
