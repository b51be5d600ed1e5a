import { type DeliveryRoute, DomainError, type Id } from '@corbel/core'
import { TenantErrors } from '@corbel/core/tenant'
import { type Mailer, type RecordedEvent, toBase64url } from '@corbel/core/ports'
import { BillingEvents } from '../billing-events.ts'
import type { TenantDirectory } from '../ports/tenant-directory.ts'
import { type BillingNotice, billingNoticeMail } from './billing-notice-mails.ts'

export interface BillingNoticesDeps {
  readonly directory: TenantDirectory
  readonly mailer: Mailer
  readonly appName: string
  readonly publicUrl: string
}

type About = Pick<BillingNotice, 'about' | 'feature'>

/** What an event is to be told as; null when nobody need know. */
function aboutOf({ type, payload }: RecordedEvent): About | null {
  if (type === BillingEvents.subscriptionEnded.type) return { about: 'subscription_ended', feature: '' }
  if (type === BillingEvents.quotaExceeded.type) {
    const { featureKey } = BillingEvents.quotaExceeded.payload.parse(payload)
    return { about: 'quota_exceeded', feature: featureKey }
  }
  const { status, attempts, amountPaid, total } = BillingEvents.invoiceChanged.payload.parse(payload)
  const hasFailed = status === 'open' && attempts > 0 && amountPaid < total
  return hasFailed ? { about: 'payment_failed', feature: '' } : null
}

/**
 * Mail to the billing contacts of a tenant, who need not have accounts: being one is the wish to be told. The log names the tenant,
 * never an address.
 */
export const billingNotices = ({
  directory,
  mailer,
  appName,
  publicUrl,
}: BillingNoticesDeps): DeliveryRoute => {
  /** None of a tenant that was erased meanwhile. */
  const contactsOf = async (tenantId: Id<'ten'>) => {
    try {
      return (await directory.settings.get(tenantId)).billingContacts
    } catch (error) {
      if (error instanceof DomainError && error.code === TenantErrors.notFound.code) return []
      throw error
    }
  }
  return {
    name: 'billing.notice',
    events: [BillingEvents.invoiceChanged, BillingEvents.subscriptionEnded, BillingEvents.quotaExceeded].map(
      ({ type }) => type,
    ),
    async recipients(event) {
      const { tenantId } = event
      if (tenantId === null || aboutOf(event) === null) return []
      return (await contactsOf(tenantId)).length > 0 ? [tenantId] : []
    },
    async send({ event }) {
      const { id, tenantId } = event
      const about = aboutOf(event)
      if (tenantId === null || about === null) return 'nothing to tell'
      const contacts = await contactsOf(tenantId)
      if (contacts.length === 0) return 'nobody to tell'
      const { name: tenantName } = await directory.tenants.get(tenantId)
      const refused: unknown[] = []
      for (const { email: to } of contacts) {
        const frame = { id: `${id}:${await digestOf(to)}`, to, appName, publicUrl }
        try {
          await mailer.send(billingNoticeMail.render({ ...about, tenantName }, frame))
        } catch (error) {
          // One address that is refused for good keeps nobody else from being told.
          if (!(error instanceof DomainError) || error.status !== 422) throw error
          refused.push(error)
        }
      }
      if (refused.length > 0 && refused.length === contacts.length) throw refused[0]
      return `accepted for ${contacts.length - refused.length} of ${contacts.length}`
    },
  }
}

/** Tells the mails of one event apart by more than the place of the address among the contacts, which may change between attempts. */
async function digestOf(address: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(address.toLowerCase()))
  return toBase64url(new Uint8Array(digest)).slice(0, 16)
}
