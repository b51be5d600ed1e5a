import * as z from 'zod'
import { idSchema } from '../../kernel/id.ts'
import { PageQuery } from '../../kernel/page.ts'
import { email } from '../../kernel/text.ts'
import { Severity } from '../incidents/incident.ts'

/** How a subscriber is told. Slack is told by the operators' own bot, and feeds are fetched. */
export const Channel = z.enum(['email', 'webhook'])
export type Channel = z.infer<typeof Channel>

/** Who or what ended a subscription. `failing`: nothing had reached the webhook for long. */
export const EndedBy = z.enum(['subscriber', 'receiver', 'failing', 'operator'])
export type EndedBy = z.infer<typeof EndedBy>

const wishes = {
  severity: Severity.default('minor').describe('the least severity of incidents to be told of'),
  maintenance: z.boolean().default(true).describe('whether to be told of maintenance too'),
}

export const NewSubscription = z.discriminatedUnion('channel', [
  z.strictObject({ channel: z.literal('email'), target: email, ...wishes }),
  z.strictObject({
    channel: z.literal('webhook'),
    target: z
      .string()
      .max(2000)
      .regex(/^https?:\/\/[!-~]+$/, 'must be an absolute https or http address'),
    ...wishes,
  }),
])
export type NewSubscription = z.input<typeof NewSubscription>

/** Whoever has the token reads what is sent to the target. */
export const SubscriptionProof = z.strictObject({ token: z.string().max(200) })

export const SubscriptionQuery = z.strictObject({
  ...PageQuery.shape,
  target: z.string().max(2000).optional().describe('the address of one subscriber; no others are listed'),
})
export type SubscriptionQuery = z.infer<typeof SubscriptionQuery>

/** Without its target, which is kept sealed. */
export const Subscription = z.object({
  id: idSchema('sbr'),
  channel: Channel,
  state: z.enum(['pending', 'active']),
  severity: Severity,
  maintenance: z.boolean(),
  createdAt: z.iso.datetime(),
})
export type Subscription = z.infer<typeof Subscription>

/** With the secret that signs what is sent, which is shown once: `whsec_` and base64, as Standard Webhooks has it. */
export const ConfirmedWebhook = z.object({
  ...Subscription.shape,
  secret: z.string(),
  unsubscribeUrl: z.string().describe('a POST to it ends the subscription'),
})
export type ConfirmedWebhook = z.infer<typeof ConfirmedWebhook>
