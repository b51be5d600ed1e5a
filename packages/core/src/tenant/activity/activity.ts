import * as z from 'zod'
import { idSchema } from '../../kernel/id.ts'
import { pageOf, PageQuery } from '../../kernel/page.ts'

/** `user` and `machine`: by whose right; `host`: its jobs and its reactions to events. */
export const activitySources = ['user', 'machine', 'host'] as const

const Outcome = z.enum(['success', 'failure', 'denied'])
const anyId = z.string().regex(/^[a-z]{2,8}_[0-9a-z]{1,64}$/, 'must be an id')

/** Something that happened in a tenant. It never changes. */
export const Activity = z.object({
  id: idSchema('evt'),
  /** Type of the event. */
  action: z.string(),
  occurredAt: z.iso.datetime(),
  outcome: Outcome,
  source: z.enum(activitySources),
  actorId: z.string().nullable(),
  /** The operator who acted in the actor's name. */
  impersonatorId: z.string().nullable(),
  /** What it happened to; null for the tenant itself. */
  objectId: z.string().nullable(),
  requestId: z.string().nullable(),
  data: z.record(z.string(), z.unknown()),
})
export type Activity = z.infer<typeof Activity>

/** As one member sees it. What they did themselves counts as read. */
export const ActivityItem = Activity.extend({ read: z.boolean(), dismissed: z.boolean() })
export type ActivityItem = z.infer<typeof ActivityItem>

/** More than these are not counted. */
export const mostUnread = 1000

export const ActivityPage = pageOf(ActivityItem).extend({
  /** Of all that is not dismissed, whatever the filters say; 1000 stands for as many or more. */
  unreadCount: z.int().min(0).max(mostUnread),
})
export type ActivityPage = z.infer<typeof ActivityPage>

/** `inbox`: what is not dismissed. */
export const ActivityState = z.enum(['inbox', 'unread', 'dismissed', 'all'])

export const ActivityFilter = z.strictObject({
  state: ActivityState.default('inbox'),
  action: z
    .string()
    .regex(/^[a-z_]+\.[a-z_]+\.[a-z_]+$/)
    .max(100)
    .optional(),
  actorId: anyId.optional(),
  objectId: anyId.optional(),
  source: z.enum(activitySources).optional(),
  outcome: Outcome.optional(),
  requestId: z.string().min(1).max(128).optional(),
  /** The first moment. */
  from: z.iso.datetime().optional(),
  /** The first moment that is too late. */
  until: z.iso.datetime().optional(),
})
export type ActivityFilter = z.infer<typeof ActivityFilter>

export const ActivityQuery = PageQuery.extend(ActivityFilter.shape)
export type ActivityQuery = z.infer<typeof ActivityQuery>

/** Where to go on, when the header `Last-Event-ID` cannot be sent. */
export const ActivityStreamQuery = z.strictObject({ after: z.string().max(20).optional() })

/** One that just happened; null when some may have been missed, and the list is to be read again. */
export const ActivityNotice = Activity.nullable()
export type ActivityNotice = z.infer<typeof ActivityNotice>
