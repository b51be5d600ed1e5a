import {
  addMilliseconds,
  before,
  type Clock,
  hostOrigin,
  milliseconds,
  newId,
  type Origin,
  type Page,
  toPage,
  toPageRequest,
  type UserPrincipal,
} from '@corbel/core'
import type { Mailer } from '@corbel/core/ports'
import { AuthErrors } from '../auth-errors.ts'
import { AuthEvents } from '../auth-events.ts'
import type { SignUpInviteRecord, SignUpInviteRepository } from '../ports/sign-up-invite-repository.ts'
import type { UserRepository } from '../ports/user-repository.ts'
import type { SignUpRequestId } from '../sign-up-requests/sign-up-request.ts'
import { repeatedRegistrationMail } from '../sign-up/repeated-registration-mail.ts'
import type { SignUpGate } from '../sign-up/sign-up-gate.ts'
import {
  type IssuedSignUpInvite,
  type NewSignUpInvite,
  type SignUpInvite,
  type SignUpInviteId,
  type SignUpInviteListQuery,
  signUpInviteStatus,
} from './sign-up-invite.ts'
import { signUpInviteMail } from './sign-up-invite-mail.ts'
import type { SignUpInviteTokens } from './sign-up-invite-tokens.ts'

export interface SignUpInviteServiceDeps {
  readonly signUpInvites: SignUpInviteRepository
  readonly users: UserRepository
  readonly inviteTokens: SignUpInviteTokens
  readonly signUpGate: SignUpGate
  readonly clock: Clock
  readonly mailer: Mailer
  /** Hours for which an invitation works that does not say. */
  readonly inviteHours: number
  readonly appName: string
  readonly publicUrl: string
}

type Inviter = Pick<UserPrincipal, 'userId'>

/** Invitations to sign up, given by whoever runs the platform. */
export class SignUpInviteService {
  readonly #deps: SignUpInviteServiceDeps

  constructor(deps: SignUpInviteServiceDeps) {
    this.#deps = deps
  }

  async list(query: SignUpInviteListQuery): Promise<Page<SignUpInvite>> {
    const now = this.#deps.clock.now()
    const rows = await this.#deps.signUpInvites.list(query, now, toPageRequest(query))
    const { data, nextCursor } = toPage(rows, query.limit, ({ id }) => id)
    return { data: data.map((row) => shown(row, now)), nextCursor }
  }

  /**
   * Creates an invitation. One for an address is mailed there and reserves it: until the invitation ends nobody registers the address
   * without it. Whether the address has an account makes no difference to the answer; its owner is told by mail.
   *
   * @throws `auth/address-invited`, `auth/email-domain-refused`
   */
  async create(
    inviter: Inviter | null,
    input: NewSignUpInvite,
    client: Origin = hostOrigin,
  ): Promise<IssuedSignUpInvite> {
    const { signUpInvites, inviteTokens, clock } = this.#deps
    if (input.email !== undefined) this.#deps.signUpGate.checkDomain(input.email)
    const { invite, digest } = await this.draft(inviter, input)
    const event = AuthEvents.signUpInviteCreated(null, { inviteId: invite.id }, client)
    if (!(await signUpInvites.insert(invite, digest, [event]))) throw AuthErrors.addressInvited()
    const token = invite.email === null ? await inviteTokens.tokenOf(invite.id) : null
    return { ...shown(invite, clock.now()), token }
  }

  /** An invitation as {@link create} would store it, and the digest of its token, for whoever decides something besides. */
  async draft(
    inviter: Inviter | null,
    input: Omit<NewSignUpInvite, 'expiresInHours'> & Pick<Partial<NewSignUpInvite>, 'expiresInHours'>,
    requestId: SignUpRequestId | null = null,
  ): Promise<{ readonly invite: SignUpInviteRecord; readonly digest: string }> {
    const { inviteTokens, clock, inviteHours } = this.#deps
    const createdAt = clock.now()
    const invite = {
      id: newId('sui', clock),
      email: input.email ?? null,
      note: input.note ?? null,
      maxRedemptions: input.maxRedemptions,
      redemptions: 0,
      requestId,
      createdBy: inviter?.userId ?? null,
      createdAt,
      expiresAt: addMilliseconds(createdAt, milliseconds(`${input.expiresInHours ?? inviteHours}h`)),
      revokedAt: null,
    }
    return { invite, digest: await inviteTokens.digestOf(await inviteTokens.tokenOf(invite.id)) }
  }

  /** Ends an open invitation. Of concurrent callers one succeeds. @throws `auth/sign-up-invite-not-found` */
  async revoke(id: SignUpInviteId, client: Origin = hostOrigin): Promise<void> {
    const { signUpInvites, clock } = this.#deps
    const event = AuthEvents.signUpInviteRevoked(null, { inviteId: id }, client)
    if (!(await signUpInvites.revoke(id, clock.now(), [event]))) throw AuthErrors.signUpInviteNotFound()
  }

  /**
   * Mails an open invitation to its address; to one that has an account, that it has one. Nothing when it is for no address in
   * particular. Handling an event again sends the identical mail.
   */
  async mail(eventId: string, id: SignUpInviteId): Promise<void> {
    const { signUpInvites, users, inviteTokens, clock, mailer, appName, publicUrl } = this.#deps
    const invite = await signUpInvites.find(id)
    if (!invite || invite.email === null || signUpInviteStatus(invite, clock.now()) !== 'open') return
    const mail = { id: eventId, to: invite.email, appName, publicUrl }
    const message = (await users.findForSignIn(invite.email))
      ? repeatedRegistrationMail.render(null, mail)
      : signUpInviteMail.render({ token: await inviteTokens.tokenOf(id), expiresAt: invite.expiresAt }, mail)
    await mailer.send(message)
  }

  /** Forgets those that ended more than 30 days ago; returns how many. */
  purge(): Promise<number> {
    return this.#deps.signUpInvites.purge(before(this.#deps.clock.now(), '30d'))
  }
}

function shown(invite: SignUpInviteRecord, now: Date): SignUpInvite {
  const { id, email, note, maxRedemptions, redemptions, requestId, createdBy, createdAt, expiresAt } = invite
  return {
    id,
    email,
    status: signUpInviteStatus(invite, now),
    note,
    maxRedemptions,
    redemptions,
    requestId,
    createdBy,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
  }
}
