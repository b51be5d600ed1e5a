import { email, type Id, idSchema, PageQuery, text } from '@corbel/core'
import * as z from 'zod'
import { Honeypot } from '../sign-up/honeypot.ts'

export type SignUpRequestId = Id<'sur'>

export const SignUpRequestStatus = z.enum(['pending', 'approved', 'rejected'])
export type SignUpRequestStatus = z.infer<typeof SignUpRequestStatus>

export const RequestAccess = z.strictObject({
  email,
  name: text({ max: 128 }).optional(),
  organization: text({ max: 128 }).optional(),
  message: text({ max: 2000 }).optional(),
  website: Honeypot,
})
export type RequestAccess = z.infer<typeof RequestAccess>

export const SignUpRequest = z.object({
  id: idSchema('sur'),
  email: z.string(),
  name: z.string().nullable(),
  organization: z.string().nullable(),
  message: z.string().nullable(),
  status: SignUpRequestStatus,
  reason: z.string().nullable(),
  ipPrefix: z.string().nullable(),
  userAgent: z.string().nullable(),
  createdAt: z.iso.datetime(),
  decidedAt: z.iso.datetime().nullable(),
  decidedBy: idSchema('usr').nullable(),
  inviteId: idSchema('sui').nullable(),
})
export type SignUpRequest = z.infer<typeof SignUpRequest>

export const SignUpRequestListQuery = PageQuery.extend({ status: SignUpRequestStatus.optional() })
export type SignUpRequestListQuery = z.infer<typeof SignUpRequestListQuery>

export const RejectSignUpRequest = z.strictObject({
  /** For the other operators; the applicant is not told. */
  reason: text({ max: 500 }),
})
export type RejectSignUpRequest = z.infer<typeof RejectSignUpRequest>
