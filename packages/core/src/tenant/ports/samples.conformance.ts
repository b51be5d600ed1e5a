import { type Id, newId } from '../../kernel/id.ts'
import type { Storage } from '../../ports/storage.ts'
import type { Tenant } from '../tenants/tenant.ts'
import type { InvitationRecord } from './invitation-repository.ts'
import type { TenantRepositories } from './tenant-repositories.ts'
import type { StoredWebhook } from './webhook-repository.ts'

/** A storage that keeps the tenant module, perhaps among others. */
export type TenantStorage = Storage<{ readonly tenant: TenantRepositories }>

export const createdAt = '2026-03-01T12:00:00.000Z'

/** Text that a careless adapter changes: astral and combining characters, quotes, an escape, line breaks, blanks at the ends. */
export const awkwardText = ' Žofie 🌱 e\u0301 \u202Eright "quoted" \'single\' \\0 \\u0041 %s {}[]\r\n\ttab '

export function sampleTenant(change: Partial<Tenant> = {}): Tenant {
  const id = newId('ten')
  return { id, slug: `acme-${id.slice(-8)}`, name: 'Acme', createdAt, ...change }
}

/** Stores a tenant and returns its id. */
export async function storedTenant({ repositories }: TenantStorage): Promise<Id<'ten'>> {
  const tenant = sampleTenant()
  await repositories.tenant.tenants.insert(tenant)
  return tenant.id
}

export const sampleWebhook = (tenantId: Id<'ten'>, change: Partial<StoredWebhook> = {}): StoredWebhook => ({
  id: newId('whk'),
  tenantId,
  url: 'https://hooks.example.com/a?b=c',
  eventTypes: ['test.thing.done'],
  description: awkwardText,
  enabled: true,
  disabledReason: null,
  secrets: [
    { sealed: 'sealed-2', expiresAt: null },
    { sealed: 'sealed-1', expiresAt: new Date('2026-03-02T12:00:00.007Z') },
  ],
  failures: 0,
  version: 1,
  createdAt: new Date(createdAt),
  ...change,
})

export const sampleInvitation = (
  tenantId: Id<'ten'>,
  change: Partial<InvitationRecord> = {},
): InvitationRecord => ({
  id: newId('inv'),
  tenantId,
  email: 'zofie@example.com',
  role: 'member',
  roleId: null,
  status: 'pending',
  generation: 1,
  createdBy: newId('usr'),
  createdAt: new Date(createdAt),
  expiresAt: new Date('2026-03-04T12:00:00.000Z'),
  acceptedBy: null,
  ...change,
})
