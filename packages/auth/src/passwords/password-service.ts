import {
  before,
  type Clock,
  hostOrigin,
  milliseconds,
  type Origin,
  type Transaction,
  type UserPrincipal,
} from '@corbel/core'
import type { DomainEvent, EventRecorder, RateLimiter } from '@corbel/core/ports'
import { AuthErrors } from '../auth-errors.ts'
import { AuthEvents } from '../auth-events.ts'
import type { AccountRepository } from '../ports/account-repository.ts'
import type { AttemptRepository } from '../ports/attempt-repository.ts'
import type { PasswordResetRepository } from '../ports/password-reset-repository.ts'
import type { RevocationReason, SessionRepository } from '../ports/session-repository.ts'
import type { UserRepository } from '../ports/user-repository.ts'
import type { SessionId } from '../sessions/session.ts'
import type { AttemptBudget } from '../throttling/attempt-budget.ts'
import type { RevocationList } from '../tokens/revocation-list.ts'
import type { Credential } from '../users/credential.ts'
import type { Passwords } from '../users/passwords.ts'
import { registrantOf } from '../users/registrant.ts'
import type { KeyedDigest } from '../tokens/keyed-digest.ts'
import type { UserId } from '../users/user.ts'
import type { NewPasswords } from './new-passwords.ts'
import type { PasswordResetTokens } from './password-reset-tokens.ts'
import type { ChangePassword, ConfirmPasswordReset, ForgotPassword, StartPasswordReset } from './password.ts'

interface Bound {
  readonly users: UserRepository
  readonly passwordResets: PasswordResetRepository
  readonly sessions: SessionRepository
  readonly attempts: AttemptRepository
  readonly accounts: Pick<AccountRepository, 'proveEmail' | 'disown'>
  readonly events: EventRecorder
}

export interface PasswordServiceDeps {
  readonly users: UserRepository
  readonly passwordResets: PasswordResetRepository
  readonly attemptBudget: AttemptBudget
  readonly rateLimiter: RateLimiter
  readonly clock: Clock
  readonly passwords: Passwords
  readonly newPasswords: NewPasswords
  readonly verificationDigest: KeyedDigest
  readonly revocations: Pick<RevocationList, 'add'>
  readonly passwordResetTokens: PasswordResetTokens
  /** Mails per hour to one address; 0 means any number. */
  readonly mailsPerHour: number
  /** Passwords, the present one included, that a new one must differ from. */
  readonly history: number
  readonly publicUrl: string
  readonly transaction: Transaction<Bound>
}

/** How a password is to be replaced, within the transaction that does so. */
interface Replacement {
  readonly credential: Credential
  /** The one that it takes the place of; null for any. */
  readonly expected: Credential | null
  readonly reason: RevocationReason
  readonly recorded: readonly DomainEvent[]
}

/** Setting new passwords: by the old one, by a mail, or because an operator asks for it. */
export class PasswordService {
  readonly #deps: PasswordServiceDeps

  constructor(deps: PasswordServiceDeps) {
    this.#deps = deps
  }

  /** Where people change their password. */
  get changePage(): URL {
    return new URL(`${this.#deps.publicUrl}/change-password`)
  }

  /**
   * Sets a new password and ends every session of the user. Of concurrent callers with one current password, one succeeds.
   *
   * @throws `auth/wrong-password`, `auth/too-many-attempts`, `auth/weak-password`, `auth/reused-password`, `auth/session-ended`
   */
  async change(
    { userId, tenantId }: Pick<UserPrincipal, 'userId' | 'tenantId'>,
    { currentPassword, newPassword }: ChangePassword,
    client: Origin = hostOrigin,
  ): Promise<void> {
    const { users, attemptBudget, passwords, newPasswords, transaction } = this.#deps
    const account = await users.findForSignInById(userId)
    if (!account) throw AuthErrors.sessionEnded()
    const attempt = await attemptBudget.begin(userId, { email: account.user.email, tenantId, client })
    const isRight = await passwords.verify(currentPassword, account.credential)
    if (!isRight || attempt.isExhausted) {
      await attempt.fail(userId)
      throw AuthErrors.wrongPassword()
    }
    const credential = await newPasswords.hash(newPassword, account)
    const changed = AuthEvents.passwordChanged(
      tenantId,
      { userId, by: 'user' },
      { ...client, actorId: userId },
    )
    const ended = await transaction(async (bound) => {
      await bound.attempts.clear(userId, attempt.spentKeys)
      return this.#replace(bound, userId, {
        credential,
        expected: account.credential,
        reason: 'password-changed',
        recorded: [changed],
      })
    })
    if (!ended) throw AuthErrors.wrongPassword()
    this.#forget(ended)
  }

  /**
   * Asks for a mail that resets the password. The work is the same for an address that has no account: one read, and one
   * transaction that records an event. More mails to one address than the quota allows are not sent.
   */
  async forgot({ email }: ForgotPassword, client: Origin = hostOrigin): Promise<void> {
    const { users, rateLimiter, passwordResetTokens, transaction, mailsPerHour } = this.#deps
    const account = await users.findForSignIn(email)
    if (mailsPerHour > 0) {
      const key = await passwordResetTokens.quotaKeyOf(email)
      const quota = { limit: mailsPerHour, windowMs: milliseconds('1h') }
      if (!(await rateLimiter.take(`password-reset:${key}`, quota)).allowed) return
    }
    await transaction(({ events }) =>
      events.record(AuthEvents.passwordResetRequested(null, { userId: account?.user.id }, client)),
    )
  }

  /** Makes the password of a user useless, ends their sessions and has the mail sent. @throws `auth/user-not-found` */
  async startReset(
    { userId: actorId }: Pick<UserPrincipal, 'userId'>,
    { userId }: StartPasswordReset,
    client: Origin = hostOrigin,
  ): Promise<void> {
    const { passwords, transaction } = this.#deps
    const origin = { ...client, actorId }
    const credential = await passwords.hash(`${crypto.randomUUID()}${crypto.randomUUID()}`)
    const ended = await transaction((bound) =>
      this.#replace(bound, userId, {
        credential,
        expected: null,
        reason: 'password-reset',
        recorded: [
          AuthEvents.passwordDisabled(null, { userId }, origin),
          AuthEvents.passwordResetRequested(null, { userId }, origin),
        ],
      }),
    )
    if (!ended) throw AuthErrors.userNotFound()
    this.#forget(ended)
  }

  /**
   * Sets a new password by the token of a mail, ends every session and lifts the lock of the account. Of concurrent callers with
   * one token, one succeeds; a password that is refused does not use it up. The token proves the address as well: what a stranger
   * who had registered it set up is gone.
   *
   * @throws `auth/invalid-reset-token`, `auth/weak-password`, `auth/reused-password`
   */
  async confirm({ token, newPassword }: ConfirmPasswordReset, client: Origin = hostOrigin): Promise<void> {
    const { users, passwordResets, clock, attemptBudget, verificationDigest, transaction } = this.#deps
    const { newPasswords, passwordResetTokens } = this.#deps
    if (!passwordResetTokens.isToken(token)) throw AuthErrors.invalidResetToken()
    const digest = await passwordResetTokens.digestOf(token)
    const found = await passwordResets.find(digest, clock.now())
    const account = found && (await users.findForSignInById(found))
    if (!account) throw AuthErrors.invalidResetToken()
    const credential = await newPasswords.hash(newPassword, account)
    const { id: userId } = account.user
    const keys = await attemptBudget.keysOf(account.user)
    const own = await registrantOf(verificationDigest, client)
    const ended = await transaction(async (bound) => {
      if (!(await bound.passwordResets.redeem(digest, clock.now()))) throw AuthErrors.invalidResetToken()
      await bound.attempts.clear(userId, keys)
      // The token was mailed to the address, and from now on the password is of whoever reads its mail.
      if (account.registrant !== null && account.registrant !== own)
        await bound.accounts.disown(userId, account.registrant, credential, clock.now())
      await bound.accounts.proveEmail(userId)
      return this.#replace(bound, userId, {
        credential,
        expected: null,
        reason: 'password-reset',
        recorded: [AuthEvents.passwordChanged(null, { userId, by: 'mail' }, { ...client, actorId: userId })],
      })
    })
    this.#forget(ended ?? [])
  }

  /** Forgets tokens that expired more than a day ago; returns how many. */
  purge(): Promise<number> {
    return this.#deps.passwordResets.purge(before(this.#deps.clock.now(), '1d'))
  }

  /** The sessions that ended; null when the password was another one than expected, or there is no such user. */
  async #replace(
    { users, sessions, events }: Bound,
    userId: UserId,
    { credential, expected, reason, recorded }: Replacement,
  ): Promise<readonly SessionId[] | null> {
    const { clock, history } = this.#deps
    if (!(await users.changePassword(userId, credential, expected, Math.max(0, history - 1)))) return null
    const ended = await sessions.revokeAll(userId, clock.now(), reason, [])
    await events.record(...recorded)
    return ended
  }

  #forget(ended: readonly SessionId[]): void {
    const { revocations, clock } = this.#deps
    for (const id of ended) revocations.add(id, clock.now())
  }
}
