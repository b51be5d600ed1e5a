import { idSchema, PageQuery } from '@corbel/core'
import * as z from 'zod'
import { ObjectDifference } from '../dispatch/differences.ts'
import { inboxStatuses } from '../ports/inbox-repository.ts'

const eventId = z.string().regex(/^[\w.:-]{1,255}$/)
const time = z.iso.datetime()
const InboxStatus = z.enum(inboxStatuses)

/** An event of the payment provider, as operators see it. */
export const InboxEntry = z.object({
  id: z.string(),
  kind: z.enum(['snapshot', 'thin']),
  type: z.string(),
  objectType: z.string().nullable(),
  objectId: z.string().nullable(),
  tenantId: idSchema('ten').nullable(),
  apiVersion: z.string().nullable(),
  status: InboxStatus,
  attempts: z.int(),
  replays: z.int(),
  note: z.string().nullable(),
  occurredAt: time,
  receivedAt: time,
  dueAt: time.nullable(),
  endedAt: time.nullable(),
})
export type InboxEntry = z.infer<typeof InboxEntry>

export const InboxEntryDetail = InboxEntry.extend({ payload: z.unknown() })
export type InboxEntryDetail = z.infer<typeof InboxEntryDetail>

/** The same as its tenant sees it: without what is for operators. */
export const TenantInboxEntry = InboxEntry.pick({
  id: true,
  type: true,
  objectType: true,
  objectId: true,
  status: true,
  occurredAt: true,
  endedAt: true,
})
export type TenantInboxEntry = z.infer<typeof TenantInboxEntry>

export const TenantInboxQuery = z.strictObject({
  ...PageQuery.shape,
  type: z.string().min(1).max(200).optional(),
  status: InboxStatus.exclude(['pending']).optional(),
})
export type TenantInboxQuery = z.infer<typeof TenantInboxQuery>

const filter = {
  type: z.string().min(1).max(200).optional(),
  tenantId: idSchema('ten').optional(),
  status: InboxStatus.optional(),
  objectId: eventId.optional(),
  /** Received at this time or later. */
  from: time.optional(),
  /** Received before. */
  until: time.optional(),
}

export const InboxQuery = z.strictObject({ ...PageQuery.shape, ...filter })
export type InboxQuery = z.infer<typeof InboxQuery>

export const InboxEntryId = z.object({ id: eventId })

/** Which events to replay; everything that is named must fit. */
export const ReplayRequest = z
  .strictObject({
    ids: z.array(eventId).min(1).max(1000).optional(),
    ...filter,
    /** Only show what would change. */
    dryRun: z.boolean().default(false),
  })
  .refine(({ dryRun: _, ...chosen }) => Object.values(chosen).some((value) => value !== undefined), {
    message: 'names no events: give ids, type, tenantId, status, objectId, from or until',
  })
export type ReplayRequest = z.infer<typeof ReplayRequest>

export const ReplayReport = z.object({
  dryRun: z.boolean(),
  /** Events that are due again, or would be. */
  events: z.int(),
  /** Of a dry run: what would change, at most from the 1,000 events that came in last. */
  differences: z.array(ObjectDifference).readonly(),
})
export type ReplayReport = z.infer<typeof ReplayReport>
