import type { WebhookTarget } from '../../ports/webhook-sender.ts'
import type { StoredWebhook } from '../ports/webhook-repository.ts'

type Owner = Pick<StoredWebhook, 'id' | 'tenantId'>

/** What the secrets of a webhook are sealed for. */
export const sealingContext = ({ id, tenantId }: Owner): string => `${tenantId}|webhook|${id}`

export const targetOf = (webhook: Owner & Pick<StoredWebhook, 'url' | 'secrets'>): WebhookTarget => ({
  url: webhook.url,
  secrets: webhook.secrets,
  context: sealingContext(webhook),
})
