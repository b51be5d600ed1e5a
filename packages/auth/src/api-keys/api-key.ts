import { type Id, idSchema, text } from '@corbel/core'
import * as z from 'zod'

export type ApiKeyId = Id<'key'>

/** `<noun>:<verb>`; a catalogue of permissions says which there are. */
export const Scopes = z
  .array(z.string().regex(/^[a-z0-9-]+:[a-z0-9-]+$/))
  .min(1)
  .max(100)
  .refine((scopes) => new Set(scopes).size === scopes.length, 'must name each scope once')

export const NewApiKey = z.strictObject({
  name: text({ max: 80 }),
  /** Each one you have yourself. */
  scopes: Scopes,
  /** Days until it ends. */
  expiresInDays: z.int().min(1).max(365).default(90),
})
export type NewApiKey = z.infer<typeof NewApiKey>

/** A key, as the people of its tenant see it. */
export const ApiKey = z.object({
  id: idSchema('key'),
  name: z.string(),
  userId: idSchema('usr').nullable(),
  scopes: z.array(z.string()),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  /** To the hour. */
  lastUsedAt: z.iso.datetime().nullable(),
})
export type ApiKey = z.infer<typeof ApiKey>

export const IssuedApiKey = ApiKey.extend({
  /** Shown this once. Send it as `Authorization: Bearer …`. */
  key: z.string(),
})
export type IssuedApiKey = z.infer<typeof IssuedApiKey>
