import {
  addMilliseconds,
  before,
  type Clock,
  hostOrigin,
  type Id,
  milliseconds,
  type Origin,
  type Transaction,
} from '@corbel/core'
import type { DomainEvent, EventRecorder, Mailer, RateLimiter } from '@corbel/core/ports'
import { AuthErrors } from '../auth-errors.ts'
import { AuthEvents } from '../auth-events.ts'
import type { EmailChangeService } from '../email-changes/email-change-service.ts'
import type { AccountRepository } from '../ports/account-repository.ts'
import type { EmailVerificationRepository } from '../ports/email-verification-repository.ts'
import type { SessionRepository } from '../ports/session-repository.ts'
import type { SignInCandidate, UserRepository } from '../ports/user-repository.ts'
import type { KeyedDigest } from '../tokens/keyed-digest.ts'
import type { RevocationList } from '../tokens/revocation-list.ts'
import type { Passwords } from '../users/passwords.ts'
import { registrantOf } from '../users/registrant.ts'
import type { UserId } from '../users/user.ts'
import type { VerifyEmail } from './email-verification.ts'
import { verificationMail } from './verification-mail.ts'

export interface EmailVerificationServiceDeps {
  readonly users: UserRepository
  readonly emailVerifications: EmailVerificationRepository
  readonly clock: Clock
  readonly mailer: Mailer
  readonly rateLimiter: RateLimiter
  readonly verificationDigest: KeyedDigest
  /** Minutes for which a token works. */
  readonly tokenMinutes: number
  readonly appName: string
  readonly publicUrl: string
  readonly emailChangeService: Pick<EmailChangeService, 'isToken' | 'confirm'>
  readonly passwords: Passwords
  readonly revocations: Pick<RevocationList, 'add'>
  readonly transaction: Transaction<{
    readonly emailVerifications: EmailVerificationRepository
    readonly accounts: AccountRepository
    readonly sessions: SessionRepository
    readonly events: EventRecorder
  }>
}

const mailQuota = { limit: 3, windowMs: milliseconds('1h') }

const form = /^cev_[A-Za-z0-9_-]{43}$/

export class EmailVerificationService {
  readonly #deps: EmailVerificationServiceDeps

  constructor(deps: EmailVerificationServiceDeps) {
    this.#deps = deps
  }

  /** Asks for another mail, unless the address is verified. Three an hour are sent to one user; more are not. */
  async request(
    { tenantId, userId }: { readonly tenantId: Id<'ten'> | null; readonly userId: UserId },
    client: Origin = hostOrigin,
  ): Promise<void> {
    const user = await this.#deps.users.find(userId)
    if (!user || user.emailVerified) return
    const requested = await this.requestFor({ tenantId, userId }, client)
    await this.#deps.transaction(({ events }) => events.record(...requested))
  }

  /** The event that asks for another mail; none when three were asked for within an hour. For whoever changes something besides. */
  async requestFor(
    { tenantId, userId }: { readonly tenantId: Id<'ten'> | null; readonly userId: UserId },
    client: Origin,
  ): Promise<readonly DomainEvent[]> {
    const { allowed } = await this.#deps.rateLimiter.take(`verification-mail:${userId}`, mailQuota)
    return allowed ? [AuthEvents.emailVerificationRequested(tenantId, { userId }, client)] : []
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
      verificationMail.render(
        { token, lifetime: tokenMinutes },
        { id: eventId, to: user.email, appName, publicUrl },
      ),
    )
  }

  /**
   * Marks an address as verified, or makes it that of the account when the token is one of a change of address.
   * The token proves who reads its mail, not who chose the password: unless the client is the one
   * that registered, or the password is given, the account is taken from the registrant. Their password, factors, keys and sessions
   * end, and a mail to choose a new password follows. Of concurrent callers with one token, one succeeds.
   *
   * @throws `auth/invalid-verification-token`; `auth/wrong-password`, which changes nothing.
   */
  async verify({ token, password }: VerifyEmail, client: Origin = hostOrigin): Promise<void> {
    const { users, emailVerifications, passwords, revocations, clock, transaction } = this.#deps
    const { emailChangeService } = this.#deps
    if (emailChangeService.isToken(token)) return emailChangeService.confirm(token, client)
    if (!form.test(token)) throw AuthErrors.invalidVerificationToken()
    const digest = await this.#digestOf(token)
    const now = clock.now()
    const userId = await emailVerifications.find(digest, now)
    const candidate = userId && (await users.findForSignInById(userId))
    if (!candidate) throw AuthErrors.invalidVerificationToken()
    if (password !== undefined && !(await passwords.verify(password, candidate.credential)))
      throw AuthErrors.wrongPassword()
    const stranger = password === undefined ? await this.#strangerTo(candidate, client) : null
    const nobodys = await passwords.prepare()
    const origin = { ...client, actorId: candidate.user.id }
    const ended = await transaction(async (bound) => {
      const verified = await bound.emailVerifications.redeem(digest, now, (id) =>
        AuthEvents.emailVerified(null, { userId: id }, origin),
      )
      if (!verified) throw AuthErrors.invalidVerificationToken()
      if (stranger === null || !(await bound.accounts.disown(verified, stranger, nobodys, now))) return []
      await bound.events.record(
        AuthEvents.passwordDisabled(null, { userId: verified }, origin),
        AuthEvents.passwordResetRequested(null, { userId: verified }, origin),
      )
      return bound.sessions.revokeAll(verified, now, 'address-claimed', [])
    })
    for (const id of ended) revocations.add(id, now)
  }

  /** Who registered, when it was another client than this one. */
  async #strangerTo({ registrant }: SignInCandidate, client: Origin): Promise<string | null> {
    const own = await registrantOf(this.#deps.verificationDigest, client)
    return registrant === own ? null : registrant
  }

  /** Forgets tokens that expired more than a day ago; returns how many. */
  purge(): Promise<number> {
    return this.#deps.emailVerifications.purge(before(this.#deps.clock.now(), '1d'))
  }

  #digestOf(token: string): Promise<string> {
    return this.#deps.verificationDigest.of('email-verification-token', token)
  }
}
