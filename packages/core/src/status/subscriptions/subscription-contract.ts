import * as z from 'zod'
import { anyone, scope } from '../../contract/access.ts'
import { defineContract } from '../../contract/contract.ts'
import { content, empty, json, ok, raw } from '../../contract/media.ts'
import { idSchema } from '../../kernel/id.ts'
import { PageErrors, pageOf, PageQuery } from '../../kernel/page.ts'
import { ShownDelivery } from '../../module/shown-delivery.ts'
import { StatusErrors } from '../status-errors.ts'
import { StatusPermissions } from '../status-permissions.ts'
import {
  ConfirmedWebhook,
  NewSubscription,
  Subscription,
  SubscriptionProof,
  SubscriptionQuery,
} from './subscription.ts'

const access = scope(StatusPermissions.manage.scope)
const params = z.object({ id: idSchema('sbr') })
const proofs = { name: 'status-proofs', by: 'ip', limit: 60, window: '1h' } as const

export const subscriptionContract = defineContract('status-subscriptions', '/api/v1/status/subscriptions', {
  list: {
    method: 'GET',
    path: '',
    access,
    summary: 'List who is told of incidents, newest first, or find one by its address',
    query: SubscriptionQuery,
    success: ok(pageOf(Subscription)),
    errors: [PageErrors.invalidCursor],
  },
  request: {
    method: 'POST',
    path: '',
    access: anyone,
    summary: 'Have an address asked whether it wants to be told of incidents',
    description:
      'Mail gets a link; a webhook gets a POST of {"type":"status.subscription.challenge","data":{"token":"…","answerAt":"…"}}. The answer is the same for every address, known or not; one address is asked 3 times an hour at most. The question can be answered for 24 hours.',
    body: json(NewSubscription),
    success: empty(202),
    rateLimit: { name: 'status-subscriptions', by: 'ip', limit: 20, window: '1h' },
  },
  verify: {
    method: 'POST',
    path: '/verify',
    access: anyone,
    summary: 'Say with the token of a mail that its address wants to be told',
    body: json(SubscriptionProof),
    success: ok(Subscription),
    errors: [StatusErrors.invalidToken],
    rateLimit: proofs,
  },
  challenge: {
    method: 'POST',
    path: '/challenge',
    access: anyone,
    summary: 'Say with the token that a webhook was sent that it wants to be told',
    description:
      'The answer shows once the secret that signs what is sent, as Standard Webhooks 1.0 has it. A webhook that answers 410 is told no more.',
    body: json(SubscriptionProof),
    success: ok(ConfirmedWebhook),
    errors: [StatusErrors.invalidToken],
    rateLimit: proofs,
    idempotent: false,
  },
  remove: {
    method: 'DELETE',
    path: '/{id}',
    access,
    summary: 'Tell an address no more',
    params,
    success: empty(204),
    errors: [StatusErrors.subscriptionNotFound],
  },
  deliveries: {
    method: 'GET',
    path: '/{id}/deliveries',
    access,
    summary: 'List what was sent to a subscriber within 30 days, newest first',
    params,
    query: PageQuery,
    success: ok(pageOf(ShownDelivery)),
    errors: [StatusErrors.subscriptionNotFound, PageErrors.invalidCursor],
  },
})

const shared = {
  access: anyone,
  query: z.strictObject({ token: z.string().max(200) }),
  success: content('text/html; charset=utf-8'),
  errors: [StatusErrors.invalidToken],
  rateLimit: { name: 'status-links', by: 'ip', limit: 300, window: '1h' },
} as const

// A mail program sends either form of a body (RFC 8058 §3.2), and nothing in it matters.
const posted = { body: raw(), idempotent: false } as const

/** Where the links of mails lead: pages with one button, for programs follow links and must not end or begin anything. */
export const subscriptionPageContract = defineContract('status-page', '/status', {
  askToConfirm: {
    method: 'GET',
    path: '/confirm',
    summary: 'A page that asks whether to be told of incidents',
    ...shared,
  },
  confirm: {
    method: 'POST',
    path: '/confirm',
    summary: 'Say that the address of a mail wants to be told',
    ...shared,
    ...posted,
  },
  askToUnsubscribe: {
    method: 'GET',
    path: '/unsubscribe',
    summary: 'A page that asks whether to be told no more',
    ...shared,
  },
  unsubscribe: {
    method: 'POST',
    path: '/unsubscribe',
    summary: 'Be told no more; the one click of RFC 8058, which needs no credential and no cookie',
    ...shared,
    ...posted,
  },
})
