import { idSchema, PageQuery } from '@corbel/core'
import * as z from 'zod'

const id = z.string().regex(/^[a-z]{2,8}_[0-9A-Za-z-]{1,64}$/, 'must be an id')

const filter = {
  /** Operators may read the trail of what happened to no tenant. */
  trail: z.enum(['tenant', 'platform']).default('tenant'),
  type: z
    .string()
    .regex(/^[a-z_]+(?:\.[a-z_]+){2}$/, 'must be the type of an event')
    .optional(),
  outcome: z.enum(['success', 'failure', 'denied']).optional(),
  actorId: id.optional(),
  subjectId: id.optional(),
  from: z.iso.datetime().optional(),
  to: z.iso.datetime().optional(),
}

export const AuditQuery = z.strictObject({ ...PageQuery.shape, ...filter })
export type AuditQuery = z.infer<typeof AuditQuery>

export const AuditExportQuery = z.strictObject(filter)
export type AuditExportQuery = z.infer<typeof AuditExportQuery>

export const AuditEvent = z.object({
  /** Its place in the chain: 1, 2, 3 … without a gap. */
  seq: z.int(),
  id: idSchema('evt'),
  type: z.string(),
  occurredAt: z.iso.datetime(),
  outcome: z.enum(['success', 'failure', 'denied']),
  actorId: z.string().nullable(),
  /** The operator who acted in the name of the actor. */
  impersonatorId: z.string().nullable(),
  subjectId: z.string().nullable(),
  requestId: z.string().nullable(),
  /** Null when there was none, and once the person was erased. */
  client: z.object({ ipPrefix: z.string().nullable(), userAgent: z.string().nullable() }).nullable(),
  data: z.unknown(),
})
export type AuditEvent = z.infer<typeof AuditEvent>

export const AuditLink = z.strictObject({
  seq: z.int().min(0),
  hash: z.string().regex(/^(?:[0-9a-f]{64})?$/, 'must be a hash in hexadecimal'),
})

export const VerifyAudit = z.strictObject({
  trail: filter.trail,
  /** The head that an earlier verification told. */
  head: AuditLink.optional(),
})
export type VerifyAudit = z.infer<typeof VerifyAudit>

export const AuditVerdict = z.object({
  intact: z.boolean(),
  rows: z.int(),
  head: AuditLink,
  fault: z
    .object({
      seq: z.int(),
      fault: z.enum([
        'missing',
        'changed',
        'added',
        'personal-changed',
        'personal-missing',
        'unattested-start',
        'cut-off',
      ]),
    })
    .nullable(),
})
