import type { EventRecorder } from '@corbel/core/ports'
import type { AuthTables } from './auth-tables.memory.ts'
import type { SsoDomainRepository } from './sso-domain-repository.ts'

export const memorySsoDomainRepository = (
  { ssoDomains }: Pick<AuthTables, 'ssoDomains'>,
  recorder: EventRecorder,
): SsoDomainRepository => ({
  async insert(tenantId, proved, events) {
    const present = ssoDomains.get(tenantId) ?? []
    if (present.some(({ domain }) => domain === proved.domain)) return
    ssoDomains.set(tenantId, [...present, structuredClone(proved)])
    await recorder.record(...events)
  },

  list: async (tenantId) =>
    structuredClone(ssoDomains.get(tenantId) ?? []).toSorted((a, b) => (a.domain < b.domain ? -1 : 1)),

  async remove(tenantId, domain, events) {
    const present = ssoDomains.get(tenantId) ?? []
    const rest = present.filter((proved) => proved.domain !== domain)
    if (rest.length === present.length) return false
    ssoDomains.set(tenantId, rest)
    await recorder.record(...events)
    return true
  },
})
