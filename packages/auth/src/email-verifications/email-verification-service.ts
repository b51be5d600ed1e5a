import {
  addMilliseconds,
  before,
  type Clock,
  type Id,
  milliseconds,
  type Principal,
  type Transaction,
} from '@corbel/core'
import type { EventRecorder, Mailer } from '@corbel/core/ports'
import { AuthErrors } from '../auth-errors.ts'
import { AuthEvents } from '../auth-events.ts'
import type { EmailVerificationRepository } from '../ports/email-verification-repository.ts'
import type { UserRepository } from '../ports/user-repository.ts'
import type { KeyedDigest } from '../tokens/keyed-digest.ts'
import type { UserId } from '../users/user.ts'
import { verificationMail } from './verification-mail.ts'

export interface EmailVerificationServiceDeps {
  readonly users: UserRepository
  readonly emailVerifications: EmailVerificationRepository
  readonly clock: Clock
  readonly mailer: Mailer
  readonly verificationDigest: KeyedDigest
  /** Minutes for which a token works. */
  readonly tokenMinutes: number
  readonly appName: string
  readonly publicUrl: string
  readonly transaction: Transaction<{ readonly events: EventRecorder }>
}

const form = /^cev_[A-Za-z0-9_-]{43}$/

export class EmailVerificationService {
  readonly #deps: EmailVerificationServiceDeps

  constructor(deps: EmailVerificationServiceDeps) {
    this.#deps = deps
  }

  /** Asks for another mail, unless the address is verified. */
  async request({ tenantId, userId }: Pick<Principal, 'tenantId' | 'userId'>): Promise<void> {
    const user = await this.#deps.users.find(userId)
    if (!user || user.emailVerified) return
    await this.#deps.transaction(({ events }) =>
      events.record(AuthEvents.emailVerificationRequested(tenantId, { userId })),
    )
  }

  /**
   * Sends the mail that an event asked for. The token follows from the event and the pepper: the event holds no secret, and handling
   * it again sends the identical mail.
   */
  async mail(eventId: Id<'evt'>, userId: UserId): Promise<void> {
    const { users, emailVerifications, clock, mailer, verificationDigest, tokenMinutes } = this.#deps
    const { appName, publicUrl } = this.#deps
    const user = await users.find(userId)
    if (!user || user.emailVerified) return
    const token = `cev_${await verificationDigest.of('email-verification', eventId)}`
    await emailVerifications.replace({
      id: `emv_${eventId.slice('evt_'.length)}`,
      userId,
      email: user.email,
      digest: await this.#digestOf(token),
      expiresAt: addMilliseconds(clock.now(), milliseconds(`${tokenMinutes}m`)),
    })
    await mailer.send(
      verificationMail({ id: eventId, to: user.email, token, lifetime: tokenMinutes, appName, publicUrl }),
    )
  }

  /** Of concurrent callers with one token, one succeeds. @throws `auth/invalid-verification-token` */
  async verify(token: string): Promise<void> {
    const { emailVerifications, clock } = this.#deps
    if (!form.test(token)) throw AuthErrors.invalidVerificationToken()
    const verified = await emailVerifications.redeem(await this.#digestOf(token), clock.now(), (userId) =>
      AuthEvents.emailVerified(null, { userId }),
    )
    if (!verified) throw AuthErrors.invalidVerificationToken()
  }

  /** Forgets tokens that expired more than a day ago; returns how many. */
  purge(): Promise<number> {
    return this.#deps.emailVerifications.purge(before(this.#deps.clock.now(), '1d'))
  }

  #digestOf(token: string): Promise<string> {
    return this.#deps.verificationDigest.of('email-verification-token', token)
  }
}
