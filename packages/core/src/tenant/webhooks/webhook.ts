import * as z from 'zod'
import { idSchema } from '../../kernel/id.ts'
import { text } from '../../kernel/text.ts'

/** Subscribes to every type of event, also to those of later releases. */
export const everyEvent = '*'

/** About as many as a tenant may have: callers at the same moment may come one beyond. */
export const mostWebhooks = 20

const url = z
  .string()
  .max(2000)
  .regex(/^https?:\/\/[!-~]+$/, 'must be an absolute https or http address')

const eventTypes = z
  .array(z.string().max(100))
  .min(1)
  .max(100)
  .refine((types) => new Set(types).size === types.length, 'must not repeat itself')
  .readonly()
  .describe('types of events, or only "*" for all')

const description = text({ min: 0, max: 200 })

export const NewWebhook = z.strictObject({ url, eventTypes, description: description.default('') })
export type NewWebhook = z.infer<typeof NewWebhook>

export const WebhookChange = z.strictObject({
  url: url.optional(),
  eventTypes: eventTypes.optional(),
  description: description.optional(),
  enabled: z.boolean().optional(),
  rotateSecret: z
    .literal(true)
    .optional()
    .describe('makes a new secret; the one before signs for 24 hours more'),
})
export type WebhookChange = z.infer<typeof WebhookChange>

/** `tenant`: switched off by hand. `failing`: too many deliveries in a row were given up. `gone`: the receiver answered 410. */
export const DisabledReason = z.enum(['tenant', 'failing', 'gone'])
export type DisabledReason = z.infer<typeof DisabledReason>

export const Webhook = z.object({
  id: idSchema('whk'),
  url: z.string(),
  eventTypes: z.array(z.string()).readonly(),
  description: z.string(),
  enabled: z.boolean(),
  disabledReason: DisabledReason.nullable(),
  createdAt: z.iso.datetime(),
})
export type Webhook = z.infer<typeof Webhook>

/** With the secret that signs what is sent, which is shown once: `whsec_` and base64, as Standard Webhooks has it. */
export const IssuedWebhook = z.object({ ...Webhook.shape, secret: z.string() })
export type IssuedWebhook = z.infer<typeof IssuedWebhook>

export const ChangedWebhook = z.object({ ...Webhook.shape, secret: z.string().optional() })
export type ChangedWebhook = z.infer<typeof ChangedWebhook>
