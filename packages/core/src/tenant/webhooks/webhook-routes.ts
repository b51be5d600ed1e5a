import { implement, type Route } from '../../http/implement.ts'
import { webhookContract } from './webhook-contract.ts'
import type { WebhookService } from './webhook-service.ts'

export const webhookRoutes = (webhooks: WebhookService): readonly Route[] =>
  implement(webhookContract, {
    list: ({ principal }) => webhooks.list(principal.tenantId),
    create: ({ principal, body, client }) => webhooks.create(principal.tenantId, body, client),
    get: ({ principal, params }) => webhooks.get(principal.tenantId, params.id),
    update: ({ principal, params, body, client }) =>
      webhooks.update(principal.tenantId, params.id, body, client),
    remove: ({ principal, params, client }) => webhooks.remove(principal.tenantId, params.id, client),
    deliveries: ({ principal, params, query }) =>
      webhooks.listDeliveries(principal.tenantId, params.id, query),
    redeliver: ({ principal, params }) => webhooks.redeliver(principal.tenantId, params.id),
  })
