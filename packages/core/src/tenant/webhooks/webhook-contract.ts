import * as z from 'zod'
import { fresh, scope } from '../../contract/access.ts'
import { defineContract, type RateLimit } from '../../contract/contract.ts'
import { accepted, created, empty, json, ok } from '../../contract/media.ts'
import { idSchema } from '../../kernel/id.ts'
import { pageOf, PageErrors, PageQuery } from '../../kernel/page.ts'
import { ShownDelivery } from '../../module/shown-delivery.ts'
import { DeliveryErrors } from '../../ports/delivery-store.ts'
import { FetcherErrors } from '../../ports/fetcher.ts'
import { TenantErrors } from '../tenant-errors.ts'
import { TenantPermissions } from '../tenant-permissions.ts'
import { ChangedWebhook, IssuedWebhook, NewWebhook, Webhook, WebhookChange } from './webhook.ts'

const { scope: manage } = TenantPermissions.manageWebhooks
const params = z.object({ id: idSchema('whk') })

/** Each call has a request sent to an address of the caller's choice. */
const rateLimit: RateLimit = { name: 'webhook-challenges', by: 'tenant', limit: 60, window: '1h' }

const challengeErrors = [
  TenantErrors.unknownEventType,
  TenantErrors.webhookChallengeFailed,
  FetcherErrors.invalidUrl,
  FetcherErrors.addressRefused,
  FetcherErrors.tooLarge,
  FetcherErrors.tooManyRedirects,
  FetcherErrors.timedOut,
  FetcherErrors.unreachable,
]

export const webhookContract = defineContract('webhooks', '/api/v1/tenants/webhooks', {
  list: {
    method: 'GET',
    path: '',
    access: scope(manage),
    summary: 'List the webhooks of your tenant, oldest first',
    success: ok(z.object({ data: z.array(Webhook).readonly() })),
  },
  create: {
    method: 'POST',
    path: '',
    access: scope(manage, fresh),
    summary: 'Have events sent to an address',
    description:
      'The address must answer a POST of {"type":"webhook.challenge","data":{"challenge":"…"}} with {"challenge":"…"}. What is sent is signed as Standard Webhooks 1.0 has it, with the secret that is shown once. Events come at least once, in their order; webhook-id tells one that comes twice.',
    body: json(NewWebhook),
    success: created(IssuedWebhook),
    errors: [TenantErrors.tooManyWebhooks, ...challengeErrors],
    rateLimit,
    idempotent: false,
  },
  get: {
    method: 'GET',
    path: '/{id}',
    access: scope(manage),
    summary: 'Read a webhook',
    params,
    success: ok(Webhook),
    errors: [TenantErrors.webhookNotFound],
  },
  update: {
    method: 'PATCH',
    path: '/{id}',
    access: scope(manage, fresh),
    summary: 'Change a webhook, switch it off or on, or give it a new secret',
    description:
      'A new secret is shown once. The one before signs for 24 hours more, so that both are in webhook-signature.',
    params,
    body: json(WebhookChange),
    success: ok(ChangedWebhook),
    errors: [TenantErrors.webhookNotFound, TenantErrors.webhookChanged, ...challengeErrors],
    rateLimit,
    idempotent: false,
  },
  remove: {
    method: 'DELETE',
    path: '/{id}',
    access: scope(manage, fresh),
    summary: 'Send no more to an address',
    params,
    success: empty(204),
    errors: [TenantErrors.webhookNotFound],
  },
  deliveries: {
    method: 'GET',
    path: '/{id}/deliveries',
    access: scope(manage),
    summary: 'List what was sent to a webhook within 30 days, newest first',
    params,
    query: PageQuery,
    success: ok(pageOf(ShownDelivery)),
    errors: [TenantErrors.webhookNotFound, PageErrors.invalidCursor],
  },
  redeliver: {
    method: 'POST',
    path: '/deliveries/{id}/redeliver',
    access: scope(manage),
    summary: 'Send an event again, under the same id',
    params: z.object({ id: idSchema('dlv') }),
    success: accepted(ShownDelivery),
    errors: [DeliveryErrors.notFound],
  },
})
