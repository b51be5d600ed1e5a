import { type Id, newId } from '../../kernel/id.ts'
import type { Storage } from '../../ports/storage.ts'
import type { Tenant } from '../tenants/tenant.ts'
import type { TenantRepositories } from './tenant-repositories.ts'

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
