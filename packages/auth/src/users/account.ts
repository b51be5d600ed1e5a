import { email, idSchema } from '@corbel/core'
import { Role } from '@corbel/core/tenant'
import * as z from 'zod'
import { Profile } from './profile.ts'

/** A user as they see themselves. */
export const OwnAccount = z.object({
  id: idSchema('usr'),
  email,
  emailVerified: z.boolean(),
  createdAt: z.iso.datetime(),
  ...Profile.shape,
  tenantId: idSchema('ten'),
  role: Role,
  /** The operator who is acting in your name: show it. */
  impersonatedBy: idSchema('usr').nullable(),
})
export type OwnAccount = z.infer<typeof OwnAccount>

export const ExportedData = z.object({
  exportedAt: z.iso.datetime(),
  userId: idSchema('usr'),
  /** What each module keeps, by its name. */
  data: z.record(z.string(), z.unknown()),
})
export type ExportedData = z.infer<typeof ExportedData>

export const NewEmail = z.strictObject({ email })
export type NewEmail = z.infer<typeof NewEmail>
