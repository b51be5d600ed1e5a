import * as z from 'zod'
import type { Clock } from '../../kernel/clock.ts'
import { type Id, idSchema, newId } from '../../kernel/id.ts'
import { text } from '../../kernel/text.ts'

export type TenantId = Id<'ten'>

export const TenantName = text({ min: 2, max: 128 })

export const Tenant = z.object({
  id: idSchema('ten'),
  /** Names the tenant in URLs; never changes. */
  slug: z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/),
  name: TenantName,
  createdAt: z.iso.datetime(),
})
export type Tenant = z.infer<typeof Tenant>

export const RenameTenant = z.strictObject({ name: TenantName })
export type RenameTenant = z.infer<typeof RenameTenant>

// 30 bits: short enough to read aloud. Every slug has a suffix, so that a slug without one tells nobody that a name was free.
const suffixLength = 6

/** A new tenant. */
export function tenantDraft(name: string, clock: Clock): Tenant {
  const id = newId('ten', clock)
  return { id, slug: slugFor(name, id), name, createdAt: clock.now().toISOString() }
}

/** A slug for a new tenant: the readable part of its name and the tail of its id, which makes it unique. */
function slugFor(name: string, id: TenantId): string {
  const words = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
  const readable = words.slice(0, 40).replace(/-+$/, '') || 'tenant'
  return `${readable}-${id.slice(-suffixLength)}`
}
