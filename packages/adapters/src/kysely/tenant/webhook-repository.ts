import type { StoredWebhook, WebhookRepository } from '@corbel/core/tenant/ports'
import { type Selectable, sql } from 'kysely'
import { jsonb } from '../json.ts'
import type { TenantDb } from '../scoped-db.ts'
import type { TenantTables } from './tables.ts'

export const kyselyWebhookRepository = (db: TenantDb): WebhookRepository => ({
  async insert(webhook) {
    const { tenantId, id, createdAt } = webhook
    await db
      .forTenant(tenantId)
      .insertInto('corbel_webhooks')
      .values({
        tenant_id: tenantId,
        id,
        created_at: createdAt,
        version: webhook.version,
        ...columnsOf(webhook),
      })
      .execute()
  },

  async find(tenantId, id) {
    const row = await db
      .forTenant(tenantId)
      .selectFrom('corbel_webhooks')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .executeTakeFirst()
    return row ? toWebhook(row) : null
  },

  async list(tenantId) {
    const rows = await db
      .forTenant(tenantId)
      .selectFrom('corbel_webhooks')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .orderBy('id')
      .execute()
    return rows.map(toWebhook)
  },

  async listSubscribed(tenantId, eventType) {
    const rows = await db
      .forTenant(tenantId)
      .selectFrom('corbel_webhooks')
      .select('id')
      .where('tenant_id', '=', tenantId)
      .where('enabled', '=', true)
      .where(sql<boolean>`event_types && array[${eventType}, '*']::text[]`)
      .execute()
    return rows.map(({ id }) => id)
  },

  async replace(webhook) {
    const { tenantId, id, version } = webhook
    const { numUpdatedRows } = await db
      .forTenant(tenantId)
      .updateTable('corbel_webhooks')
      .set({ ...columnsOf(webhook), version: version + 1 })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .where('version', '=', version)
      .executeTakeFirstOrThrow()
    return numUpdatedRows > 0n
  },

  async remove(tenantId, id) {
    const { numDeletedRows } = await db
      .forTenant(tenantId)
      .deleteFrom('corbel_webhooks')
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    return numDeletedRows > 0n
  },
})

const columnsOf = ({
  url,
  eventTypes,
  description,
  enabled,
  disabledReason,
  secrets,
  failures,
}: StoredWebhook) => ({
  url,
  event_types: [...eventTypes],
  description,
  enabled,
  disabled_reason: disabledReason,
  secrets: jsonb(
    secrets.map(({ sealed, expiresAt }) => ({ sealed, expiresAt: expiresAt?.toISOString() ?? null })),
  ),
  failures,
})

const toWebhook = (row: Selectable<TenantTables['corbel_webhooks']>): StoredWebhook => ({
  id: row.id,
  tenantId: row.tenant_id,
  url: row.url,
  eventTypes: row.event_types,
  description: row.description,
  enabled: row.enabled,
  disabledReason: row.disabled_reason,
  secrets: row.secrets.map(({ sealed, expiresAt }) => ({
    sealed,
    expiresAt: expiresAt === null ? null : new Date(expiresAt),
  })),
  failures: row.failures,
  version: row.version,
  createdAt: row.created_at,
})
