import {
  type Clock,
  DomainError,
  hostOrigin,
  type Id,
  newId,
  type Origin,
  type Transaction,
} from '@corbel/core'
import type { DomainEvent, EventRecorder, Mailer, Meter } from '@corbel/core/ports'
import { AuthErrors } from '../auth-errors.ts'
import { AuthEvents } from '../auth-events.ts'
import { AuthMetrics } from '../auth-metrics.ts'
import type { ConsentService } from '../consents/consent-service.ts'
import type { ConsentRepository } from '../ports/consent-repository.ts'
import type { SignUpInviteRepository } from '../ports/sign-up-invite-repository.ts'
import type { PlanDirectory } from '../ports/plan-directory.ts'
import type { TenantDirectory } from '../ports/tenant-directory.ts'
import type { NewUser, UserRepository } from '../ports/user-repository.ts'
import type { PasswordPolicy } from '../passwords/password-policy.ts'
import type { SignUpInviteId } from '../sign-up-invites/sign-up-invite.ts'
import type { Passwords } from '../users/passwords.ts'
import { registrantOf } from '../users/registrant.ts'
import type { KeyedDigest } from '../tokens/keyed-digest.ts'
import type { UserId } from '../users/user.ts'
import { isTrapped } from './honeypot.ts'
import { repeatedRegistrationMail } from './repeated-registration-mail.ts'
import type { Admission, SignUpGate } from './sign-up-gate.ts'
import type { SignUpPolicy } from './sign-up-policy.ts'
import type { Registration, SignUp } from './sign-up.ts'

interface Bound {
  readonly users: UserRepository
  readonly consents: ConsentRepository
  readonly signUpInvites: SignUpInviteRepository
  readonly tenants: TenantDirectory
  readonly events: EventRecorder
}

export interface SignUpServiceDeps {
  readonly users: UserRepository
  readonly signUpInvites: SignUpInviteRepository
  readonly tenants: TenantDirectory
  readonly plans: PlanDirectory
  readonly signUpGate: SignUpGate
  readonly consentService: ConsentService
  readonly clock: Clock
  readonly meter: Meter
  readonly mailer: Mailer
  readonly passwords: Passwords
  readonly passwordPolicy: PasswordPolicy
  readonly verificationDigest: KeyedDigest
  readonly appName: string
  readonly publicUrl: string
  readonly transaction: Transaction<Bound>
}

/** Somebody who was let through, and what they want. */
interface Applicant {
  readonly input: SignUp
  readonly admission: Admission
  readonly client: Origin
}

/** Why an address is not registered: the event that has its reader told, and for what it is counted. */
interface Obstacle {
  readonly outcome: 'repeated' | 'reserved'
  event(inviteId: SignUpInviteId | undefined): DomainEvent
}

export class SignUpService {
  readonly #deps: SignUpServiceDeps

  constructor(deps: SignUpServiceDeps) {
    this.#deps = deps
  }

  get policy(): SignUpPolicy {
    return this.#deps.signUpGate.policy
  }

  /**
   * Creates an account, its credential, its consents and its tenant in one transaction, which redeems the invitation too. For an
   * address that has an account, or is invited while the invitation is not shown, nothing changes but that its reader is told and
   * the invitation is used, and the answer has the same form. Of concurrent callers with one address, one creates; of those with one
   * invitation, as many get an answer as may redeem it.
   *
   * @throws `auth/plan-unknown`, `auth/weak-password`, `auth/email-domain-refused`, `auth/too-many-sign-ups`, `auth/invite-required`,
   * `auth/invalid-invite`.
   */
  async register(input: SignUp, client: Origin = hostOrigin): Promise<Registration> {
    const { users, tenants, plans, clock, passwords, meter, verificationDigest } = this.#deps
    const { planCode } = input
    if (planCode !== undefined && plans.find(planCode) === null)
      throw AuthErrors.planUnknown({ detail: `There is no plan ${planCode}.` })
    const admission = await this.#admit(input, client)
    const createdAt = clock.now()
    const user = {
      id: newId('usr', clock),
      email: input.email,
      displayName: input.displayName ?? null,
      emailVerified: admission?.provesAddress ?? false,
      createdAt: createdAt.toISOString(),
    }
    if (!admission) return { user, tenant: tenants.draft(input.tenantName) }
    const applicant = { input, admission, client }
    // For everybody, whatever is found: the slow hash must not tell which addresses have an account.
    const credential = await passwords.hash(input.password)
    const owner = await users.findForSignIn(input.email)
    const registrant = await registrantOf(verificationDigest, client)
    const account = { user, operator: false, credential, termsAcceptedAt: createdAt, registrant }
    // Looked up for everybody too.
    const reservation = await this.#reservation(applicant)
    const obstacle = owner ? repetitionOf(owner.user.id, client) : reservation
    // Both kinds of work are done for everybody and one of them is undone: how long it takes does not tell who has an account.
    if (obstacle) await this.#undone((scope) => this.#insert(scope, decoyOf(account), applicant))
    else await this.#undone((scope) => this.#turnAway(scope, applicant, repetitionOf(user.id, client)))
    const created = obstacle ? null : await this.#create(account, applicant)
    const found = obstacle ?? (created ? null : await this.#winner(applicant))
    if (found) await this.#deps.transaction((scope) => this.#turnAway(scope, applicant, found))
    meter
      .counter(AuthMetrics.signUp)
      .add({ outcome: created ? 'registered' : (found?.outcome ?? 'repeated') })
    return created ?? { user, tenant: tenants.draft(input.tenantName) }
  }

  /** Tells the owner of an address that somebody tried to register it again. Sending the same event again sends the same mail. */
  async mailRepetition(eventId: string, userId: UserId | undefined): Promise<void> {
    const { users, mailer, appName, publicUrl } = this.#deps
    const user = userId && (await users.find(userId))
    if (!user) return
    const frame = { id: eventId, to: user.email, appName, publicUrl }
    await mailer.send(repeatedRegistrationMail.render(null, frame))
  }

  /** Null for a program, which is to be answered as if it had registered. */
  async #admit(input: SignUp, client: Origin): Promise<Admission | null> {
    const { signUpGate, passwordPolicy, meter } = this.#deps
    const names = [input.email, input.displayName ?? null, input.tenantName]
    const refused = () => meter.counter(AuthMetrics.signUp).add({ outcome: 'refused' })
    if (isTrapped(input)) {
      refused()
      await signUpGate.recordTrapped(client)
      return null
    }
    // Before the quotas: whoever tries three weak passwords has not registered three times.
    await passwordPolicy.check(input.password, { names, needsSecondFactor: false })
    return signUpGate.admit(input, client).catch((error: unknown) => {
      refused()
      throw error
    })
  }

  async #reservation({ input, admission, client }: Applicant): Promise<Obstacle | null> {
    const { signUpInvites, clock } = this.#deps
    if (admission.provesAddress) return null
    const reserving = await signUpInvites.findReserving(input.email, clock.now())
    return reserving && reservationOf(reserving, client)
  }

  /** Null when another caller had taken the address in the meantime. */
  async #create(account: NewUser, applicant: Applicant): Promise<Registration | null> {
    try {
      return await this.#deps.transaction((scope) => this.#insert(scope, account, applicant))
    } catch (error) {
      if (error instanceof DomainError && error.code === AuthErrors.emailTaken.code) return null
      throw error
    }
  }

  /** The account of whoever had taken the address in the meantime; null when it is gone again. */
  async #winner({ input, client }: Applicant): Promise<Obstacle | null> {
    const owner = await this.#deps.users.findForSignIn(input.email)
    return owner && repetitionOf(owner.user.id, client)
  }

  async #insert(
    scope: Bound,
    account: NewUser,
    { input, admission, client }: Applicant,
  ): Promise<Registration> {
    const { users, consents, tenants, events } = scope
    const { user } = account
    const { tenantName, planCode } = input
    const origin = { ...client, actorId: user.id }
    const inviteId = await this.#redeem(scope, input.email, admission)
    await users.insert(account)
    for (const consent of this.#deps.consentService.draftAll(user.id, client)) await consents.record(consent)
    const tenant = await tenants.create({ name: tenantName, ownerId: user.id, planCode }, origin)
    await events.record(AuthEvents.userRegistered(tenant.id, { userId: user.id, planCode, inviteId }, origin))
    return { user, tenant }
  }

  /** Redeems the invitation here too, or whether it still works would tell whether the address had an account. */
  async #turnAway(scope: Bound, { input, admission }: Applicant, { event }: Obstacle): Promise<void> {
    const inviteId = await this.#redeem(scope, input.email, admission)
    await scope.events.record(event(inviteId))
  }

  /** @throws `auth/invalid-invite` when others have redeemed it in the meantime. */
  async #redeem(
    { signUpInvites }: Bound,
    email: string,
    { invite }: Admission,
  ): Promise<SignUpInviteId | undefined> {
    if (invite === null) return undefined
    const id = await signUpInvites.redeem(invite, email, this.#deps.clock.now())
    if (id === null) throw AuthErrors.invalidInvite()
    return id
  }

  /** Does work and takes it back. Within a transaction of the caller's, which a rollback would end, it does nothing. */
  async #undone(work: (scope: Bound) => Promise<unknown>): Promise<void> {
    const { users, transaction } = this.#deps
    const undo = new Error('Taken back.')
    const done = transaction(async (scope) => {
      if (scope.users === users) return
      await work(scope)
      throw undo
    })
    await done.catch((error: unknown) => {
      if (error !== undo) throw error
    })
  }
}

const repetitionOf = (userId: UserId, client: Origin): Obstacle => ({
  outcome: 'repeated',
  event: (inviteId) => AuthEvents.registrationRepeated(null, { userId, inviteId }, client),
})

const reservationOf = (reserving: Id<'sui'>, client: Origin): Obstacle => ({
  outcome: 'reserved',
  event: () => AuthEvents.reservedAddressTried(null, { inviteId: reserving }, client),
})

/** An account that nobody can have: its address is of a domain that does not exist (RFC 2606 §2). */
const decoyOf = (account: NewUser): NewUser => ({
  ...account,
  user: { ...account.user, email: `${account.user.id}@decoy.invalid` },
})
