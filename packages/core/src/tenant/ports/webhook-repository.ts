import type { Id } from '../../kernel/id.ts'
import type { StoredSecret } from '../../ports/webhook-sender.ts'
import type { DisabledReason } from '../webhooks/webhook.ts'

export interface StoredWebhook {
  readonly id: Id<'whk'>
  readonly tenantId: Id<'ten'>
  readonly url: string
  readonly eventTypes: readonly string[]
  readonly description: string
  readonly enabled: boolean
  readonly disabledReason: DisabledReason | null
  /** The present one first. */
  readonly secrets: readonly StoredSecret[]
  /** Deliveries given up since the last that arrived. */
  readonly failures: number
  /** Raised by every change. */
  readonly version: number
  readonly createdAt: Date
}

export interface WebhookRepository {
  insert(webhook: StoredWebhook): Promise<void>
  find(tenantId: Id<'ten'>, id: Id<'whk'>): Promise<StoredWebhook | null>
  /** Oldest first. */
  list(tenantId: Id<'ten'>): Promise<readonly StoredWebhook[]>
  /** Ids of those that are enabled and want events of this type, by name or by `*`. */
  listSubscribed(tenantId: Id<'ten'>, eventType: string): Promise<readonly Id<'whk'>[]>
  /**
   * Replaces what is stored if the version is still that of `webhook`, and raises it by one. Of concurrent callers with one
   * version one succeeds. False when the version has moved on or there is no such webhook.
   */
  replace(webhook: StoredWebhook): Promise<boolean>
  /** False when there is none. Of concurrent callers one succeeds. */
  remove(tenantId: Id<'ten'>, id: Id<'whk'>): Promise<boolean>
}
