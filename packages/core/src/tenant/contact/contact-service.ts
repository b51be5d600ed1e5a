import type { Clock } from '../../kernel/clock.ts'
import { milliseconds } from '../../kernel/duration.ts'
import { newId } from '../../kernel/id.ts'
import type { KeyedDigest } from '../../kernel/keyed-digest.ts'
import type { Transaction } from '../../kernel/transaction.ts'
import type { Delivery } from '../../module/delivery-route.ts'
import type { KeyVault } from '../../ports/key-vault.ts'
import type { Mailer } from '../../ports/mailer.ts'
import type { EventRecorder } from '../../ports/outbox.ts'
import type { RateLimiter } from '../../ports/rate-limiter.ts'
import { TenantErrors } from '../tenant-errors.ts'
import { TenantEvents } from '../tenant-events.ts'
import { contactMail } from './contact-mail.ts'
import { type ContactMessage, Letter } from './contact.ts'

export interface ContactServiceDeps {
  /** Absent: the form is closed. */
  readonly contactRecipient: string | undefined
  readonly quotaDigest: KeyedDigest
  readonly rateLimiter: RateLimiter
  readonly keyVault: KeyVault
  readonly mailer: Mailer
  readonly clock: Clock
  readonly appName: string
  readonly publicUrl: string
  readonly transaction: Transaction<{ readonly events: EventRecorder }>
}

const perAddress = { limit: 3, windowMs: milliseconds('1h') }

/** The contact form. What was written travels sealed in its event, and is kept nowhere else. */
export class ContactService {
  readonly #deps: ContactServiceDeps

  constructor(deps: ContactServiceDeps) {
    this.#deps = deps
  }

  /** @throws `tenant/contact-closed`, `tenant/too-many-messages`. */
  async send({ website = '', ...letter }: ContactMessage): Promise<void> {
    const { contactRecipient, quotaDigest, rateLimiter, keyVault, clock, transaction } = this.#deps
    if (contactRecipient === undefined) throw TenantErrors.contactClosed()
    if (website !== '') return
    const key = await quotaDigest.of('contact-quota', letter.email)
    const { allowed, retryAfterMs } = await rateLimiter.take(`contact:${key}`, perAddress)
    if (!allowed) throw TenantErrors.tooManyMessages({ retryAfter: retryAfterMs / 1000 })
    const contactId = newId('con', clock)
    const sealed = await keyVault.seal(new TextEncoder().encode(JSON.stringify(letter)), contextOf(contactId))
    await transaction(({ events }) =>
      events.record(TenantEvents.contactReceived(null, { contactId, sealed })),
    )
  }

  /** Mails what an event brings. */
  async mail({ id, payload }: Delivery['event']): Promise<string> {
    const { contactRecipient: to, keyVault, mailer, appName, publicUrl } = this.#deps
    if (to === undefined) return 'the form was closed'
    const { contactId, sealed } = TenantEvents.contactReceived.payload.parse(payload)
    const opened = new TextDecoder().decode(await keyVault.open(sealed, contextOf(contactId)))
    const letter = Letter.parse(JSON.parse(opened))
    await mailer.send(contactMail.render(letter, { id, to, appName, publicUrl }))
    return 'accepted'
  }
}

const contextOf = (contactId: string): string => `contact|${contactId}`
