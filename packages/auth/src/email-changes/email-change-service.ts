import {
  addMilliseconds,
  before,
  type Clock,
  DomainError,
  hostOrigin,
  type Id,
  milliseconds,
  newId,
  type Origin,
  type Transaction,
  type UserPrincipal,
} from '@corbel/core'
import type { EventRecorder, Mailer } from '@corbel/core/ports'
import { AuthErrors } from '../auth-errors.ts'
import { AuthEvents } from '../auth-events.ts'
import type { EmailChangeRepository } from '../ports/email-change-repository.ts'
import type { SessionRepository } from '../ports/session-repository.ts'
import type { UserRepository } from '../ports/user-repository.ts'
import type { KeyedDigest } from '../tokens/keyed-digest.ts'
import type { RevocationList } from '../tokens/revocation-list.ts'
import {
  addressChangedMail,
  addressRequestedMail,
  newAddressMail,
  takenAddressMail,
} from './email-change-mails.ts'

export interface EmailChangeServiceDeps {
  readonly users: UserRepository
  readonly emailChanges: EmailChangeRepository
  readonly clock: Clock
  readonly mailer: Mailer
  readonly verificationDigest: KeyedDigest
  readonly revocations: Pick<RevocationList, 'add'>
  /** Minutes for which a token works. */
  readonly tokenMinutes: number
  readonly appName: string
  readonly publicUrl: string
  readonly transaction: Transaction<{
    readonly emailChanges: EmailChangeRepository
    readonly sessions: SessionRepository
    readonly events: EventRecorder
  }>
}

const form = /^cec_[A-Za-z0-9_-]{43}$/

/** Replacing the address of an account: the new one counts once it is proved that its mail is read. */
export class EmailChangeService {
  readonly #deps: EmailChangeServiceDeps

  constructor(deps: EmailChangeServiceDeps) {
    this.#deps = deps
  }

  /** Whether a text can be a token of {@link confirm} at all. */
  isToken(text: string): boolean {
    return form.test(text)
  }

  /** Asks for another address, in place of what was asked for before. The same, whoever has it. @throws `auth/session-ended` */
  async request(
    { userId, tenantId }: Pick<UserPrincipal, 'userId' | 'tenantId'>,
    email: string,
    client: Origin = hostOrigin,
  ): Promise<void> {
    const { users, clock, tokenMinutes, transaction } = this.#deps
    const user = await users.find(userId)
    if (!user) throw AuthErrors.sessionEnded()
    if (user.email === email) return
    const id = newId('emc', clock)
    const change = {
      id,
      userId,
      email,
      previousEmail: user.email,
      digest: await this.#digestOf(await this.#tokenOf(id)),
      expiresAt: addMilliseconds(clock.now(), milliseconds(`${tokenMinutes}m`)),
    }
    await transaction(async ({ emailChanges, events }) => {
      await emailChanges.replace(change)
      await events.record(AuthEvents.emailChangeRequested(tenantId, { userId, changeId: id }, client))
    })
  }

  /** Sends the link to the new address and the notice to the present one. Doing so again sends the identical mails. */
  async mailRequest(changeId: Id<'emc'>): Promise<void> {
    const { users, emailChanges, mailer, appName, publicUrl, tokenMinutes } = this.#deps
    const change = await emailChanges.find(changeId)
    if (!change) return
    const mail = { appName, publicUrl }
    const isTaken = (await users.findForSignIn(change.email)) !== null
    const toNew = { ...mail, id: `${changeId}-new`, to: change.email }
    await mailer.send(
      isTaken
        ? takenAddressMail.render(null, toNew)
        : newAddressMail.render({ token: await this.#tokenOf(changeId), lifetime: tokenMinutes }, toNew),
    )
    await mailer.send(
      addressRequestedMail.render(null, { ...mail, id: `${changeId}-old`, to: change.previousEmail }),
    )
  }

  /** Tells the former address. Doing so again sends the identical mail. */
  async mailChanged(changeId: Id<'emc'>): Promise<void> {
    const { emailChanges, mailer, appName, publicUrl } = this.#deps
    const change = await emailChanges.find(changeId)
    if (!change) return
    const frame = { id: `${changeId}-done`, to: change.previousEmail, appName, publicUrl }
    await mailer.send(addressChangedMail.render(null, frame))
  }

  /**
   * Gives the user the new address and ends every session, in one transaction. Of concurrent callers with one token, one succeeds.
   *
   * @throws `auth/invalid-verification-token`, also when somebody has taken the address in the meantime.
   */
  async confirm(token: string, client: Origin = hostOrigin): Promise<void> {
    const { clock, revocations, transaction } = this.#deps
    const now = clock.now()
    const digest = await this.#digestOf(token)
    try {
      const ended = await transaction(async ({ emailChanges, sessions }) => {
        const changed = await emailChanges.redeem(digest, now, ({ id: changeId, userId }) =>
          AuthEvents.emailChanged(null, { userId, changeId }, { ...client, actorId: userId }),
        )
        if (!changed) throw AuthErrors.invalidVerificationToken()
        return sessions.revokeAll(changed.userId, now, 'email-changed', [])
      })
      for (const id of ended) revocations.add(id, now)
    } catch (error) {
      const isTaken = error instanceof DomainError && error.code === AuthErrors.emailTaken.code
      throw isTaken ? AuthErrors.invalidVerificationToken() : error
    }
  }

  /** Forgets what expired more than a day ago; returns how many. */
  purge(): Promise<number> {
    return this.#deps.emailChanges.purge(before(this.#deps.clock.now(), '1d'))
  }

  /** It follows from the id and the pepper, so neither the row nor the event holds a secret. */
  async #tokenOf(changeId: Id<'emc'>): Promise<string> {
    return `cec_${await this.#deps.verificationDigest.of('email-change', changeId)}`
  }

  #digestOf(token: string): Promise<string> {
    return this.#deps.verificationDigest.of('email-change-token', token)
  }
}
