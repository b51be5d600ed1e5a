import {
  addMilliseconds,
  before,
  type Clock,
  hostOrigin,
  type Id,
  milliseconds,
  newId,
  type Origin,
  type Transaction,
} from '@corbel/core'
import type { EventRecorder, Mailer, RateLimiter } from '@corbel/core/ports'
import { AuthErrors } from '../auth-errors.ts'
import { AuthEvents } from '../auth-events.ts'
import type { EmailVerificationService } from '../email-verifications/email-verification-service.ts'
import type { MagicLinkRepository } from '../ports/magic-link-repository.ts'
import type { SignInCandidate, UserRepository } from '../ports/user-repository.ts'
import type { SignInCompletion } from '../sign-in/sign-in-completion.ts'
import type { SignInRefusals } from '../sign-in/sign-in-refusals.ts'
import type { SignInClient, SignInOutcome } from '../sign-in/sign-in.ts'
import type { AttemptBudget } from '../throttling/attempt-budget.ts'
import type { UserId } from '../users/user.ts'
import { magicLinkMail } from './magic-link-mail.ts'
import { codeChallengeOf, type MagicLinkTokens } from './magic-link-tokens.ts'
import type { RequestMagicLink, VerifyMagicLink } from './magic-link.ts'

export interface MagicLinkServiceDeps {
  readonly users: UserRepository
  readonly magicLinks: MagicLinkRepository
  readonly magicLinkTokens: MagicLinkTokens
  readonly attemptBudget: AttemptBudget
  readonly signInCompletion: SignInCompletion
  readonly emailVerifications: Pick<EmailVerificationService, 'mail'>
  readonly rateLimiter: RateLimiter
  readonly signInRefusals: SignInRefusals
  readonly mailer: Mailer
  readonly clock: Clock
  /** Mails per hour to one address; 0 means any number. */
  readonly mailsPerHour: number
  /** Minutes for which a mail signs in. */
  readonly linkMinutes: number
  readonly appName: string
  readonly publicUrl: string
  readonly transaction: Transaction<{ readonly events: EventRecorder }>
}

interface Tried {
  readonly candidate: SignInCandidate | null
  readonly isRight: boolean
  /** What a success forgets. */
  readonly spentKeys: readonly string[]
}

type ByToken = Extract<VerifyMagicLink, { token: string }>
type ByCode = Extract<VerifyMagicLink, { code: string }>

// RFC 8176 has no name for it.
const mailProof = { amr: ['email'], aal: 1 } as const

/** Signing in by a mail: with the link in it, or with the code. Either is one factor. */
export class MagicLinkService {
  readonly #deps: MagicLinkServiceDeps

  constructor(deps: MagicLinkServiceDeps) {
    this.#deps = deps
  }

  /**
   * Asks for a mail that signs in. The work is the same for an address that has no account: one read, and one transaction that
   * records an event. More mails to one address than the quota allows are not sent.
   */
  async request({ email, codeChallenge }: RequestMagicLink, client: Origin = hostOrigin): Promise<void> {
    const { users, rateLimiter, magicLinkTokens, transaction, mailsPerHour } = this.#deps
    const account = await users.findForSignIn(email)
    if (mailsPerHour > 0) {
      const key = await magicLinkTokens.quotaKeyOf(email)
      const quota = { limit: mailsPerHour, windowMs: milliseconds('1h') }
      if (!(await rateLimiter.take(`magic-link:${key}`, quota)).allowed) return
    }
    const requested = AuthEvents.magicLinkRequested(null, { userId: account?.user.id, codeChallenge }, client)
    await transaction(({ events }) => events.record(requested))
  }

  /**
   * Sends the mail that an event asked for; handling it again sends the identical mail. An address that is not verified gets the mail
   * that verifies it: were one link to do both, it would lead its reader into an account that a stranger has registered and knows the
   * password of.
   */
  async mail(
    eventId: Id<'evt'>,
    {
      userId,
      codeChallenge = null,
    }: { readonly userId?: UserId | undefined; readonly codeChallenge?: string | null | undefined },
  ): Promise<void> {
    const { users, magicLinks, magicLinkTokens, emailVerifications, mailer, clock } = this.#deps
    const { linkMinutes, appName, publicUrl } = this.#deps
    const user = userId === undefined ? null : await users.find(userId)
    if (!user) return
    if (!user.emailVerified) return emailVerifications.mail(eventId, user.id)
    const token = await magicLinkTokens.tokenOf(eventId)
    const code = await magicLinkTokens.codeOf(eventId)
    await magicLinks.replace({
      id: `mgl_${eventId.slice('evt_'.length)}`,
      userId: user.id,
      email: user.email,
      digest: await magicLinkTokens.digestOf(token),
      codeDigest: await magicLinkTokens.codeDigestOf(user.id, code),
      codeChallenge,
      expiresAt: addMilliseconds(clock.now(), milliseconds(`${linkMinutes}m`)),
    })
    const address = { id: eventId, to: user.email, appName, publicUrl }
    await mailer.send(magicLinkMail.render({ token, code, lifetime: linkMinutes }, address))
  }

  /**
   * Opens a session, or asks for a second factor, in the given tenant or in the one joined first. Of concurrent callers, with the link
   * or the code of one mail, one succeeds. A code is guessed at the cost of an attempt at the account; a token cannot be guessed.
   *
   * @throws `auth/invalid-magic-link`; `auth/too-many-attempts` for a code, with the time of the next one; `auth/not-a-member` only
   * after the link or the code was right.
   */
  async verify(presented: VerifyMagicLink, client: SignInClient): Promise<SignInOutcome> {
    const { signInCompletion, signInRefusals } = this.#deps
    const { tenantId } = presented
    const { candidate, isRight, spentKeys } =
      'token' in presented ? await this.#tryToken(presented, client) : await this.#tryCode(presented, client)
    if (candidate && isRight)
      return signInCompletion.complete({ candidate, proof: mailProof, tenantId, client, spentKeys })
    await signInRefusals.record('invalid_magic_link', candidate, { tenantId, client })
    throw AuthErrors.invalidMagicLink()
  }

  /** Forgets what expired more than a day ago; returns how many. */
  purge(): Promise<number> {
    return this.#deps.magicLinks.purge(before(this.#deps.clock.now(), '1d'))
  }

  async #tryToken({ token, codeVerifier }: ByToken, client: SignInClient): Promise<Tried> {
    const { users, magicLinks, magicLinkTokens, clock } = this.#deps
    const nobody = { candidate: null, isRight: false, spentKeys: [] }
    if (!magicLinkTokens.isToken(token)) return nobody
    const digest = await magicLinkTokens.digestOf(token)
    const userId = await magicLinks.find(digest, clock.now())
    const candidate = userId && (await users.findForSignInById(userId))
    if (!candidate) return nobody
    const isRight = await this.#redeem(userId, digest, codeVerifier, client)
    return { candidate, isRight, spentKeys: [] }
  }

  async #tryCode({ email, code, codeVerifier, tenantId }: ByCode, client: SignInClient): Promise<Tried> {
    const { users, attemptBudget, magicLinkTokens, clock } = this.#deps
    const query = await attemptBudget.queryOf({ email, client })
    const { candidate, attempts } = await users.findForAttempt(email, query)
    const attempt = await attemptBudget.admit(query, attempts, tenantId)
    // Of nobody, when there is no account or no attempt left: the work is the same, and no right code is used up.
    const userId = candidate && !attempt.isExhausted ? candidate.user.id : newId('usr', clock)
    const digest = await magicLinkTokens.codeDigestOf(userId, code)
    const isRight = await this.#redeem(userId, digest, codeVerifier, client)
    if (!isRight) await attempt.fail(candidate?.user.id ?? null)
    return { candidate, isRight, spentKeys: attempt.spentKeys }
  }

  async #redeem(
    userId: UserId,
    digest: string,
    codeVerifier: string | undefined,
    client: SignInClient,
  ): Promise<boolean> {
    const { magicLinks, clock } = this.#deps
    const codeChallenge = codeVerifier === undefined ? null : await codeChallengeOf(codeVerifier)
    const redeemed = AuthEvents.magicLinkRedeemed(null, { userId }, { ...client, actorId: userId })
    return magicLinks.redeem({ userId, digest, codeChallenge }, clock.now(), [redeemed])
  }
}
