import { everyEvent } from '../webhooks/webhook.ts'
import type { TenantTables } from './tenant-tables.memory.ts'
import type { StoredWebhook, WebhookRepository } from './webhook-repository.ts'

export function memoryWebhookRepository({ webhooks }: Pick<TenantTables, 'webhooks'>): WebhookRepository {
  const ofTenant = (tenantId: StoredWebhook['tenantId']): readonly StoredWebhook[] =>
    [...webhooks.values()]
      .filter((webhook) => webhook.tenantId === tenantId)
      .toSorted((a, b) => (a.id < b.id ? -1 : 1))

  return {
    insert: async (webhook) => void webhooks.set(webhook.id, structuredClone(webhook)),
    find: async (tenantId, id) =>
      structuredClone(ofTenant(tenantId).find((webhook) => webhook.id === id) ?? null),
    list: async (tenantId) => structuredClone(ofTenant(tenantId)),
    listSubscribed: async (tenantId, type) =>
      ofTenant(tenantId)
        .filter(
          ({ enabled, eventTypes: types }) => enabled && (types.includes(type) || types.includes(everyEvent)),
        )
        .map(({ id }) => id),
    replace: async (webhook) => {
      const stored = ofTenant(webhook.tenantId).find(({ id }) => id === webhook.id)
      if (stored?.version !== webhook.version) return false
      webhooks.set(webhook.id, structuredClone({ ...webhook, version: webhook.version + 1 }))
      return true
    },
    remove: async (tenantId, id) => webhooks.get(id)?.tenantId === tenantId && webhooks.delete(id),
  }
}
