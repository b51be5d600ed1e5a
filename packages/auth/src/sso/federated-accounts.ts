import { type Clock, DomainError, newId, type Origin, type Transaction } from '@corbel/core'
import type { EventRecorder } from '@corbel/core/ports'
import { TenantErrors } from '@corbel/core/tenant'
import { AuthErrors } from '../auth-errors.ts'
import { AuthEvents } from '../auth-events.ts'
import type { ConsentService } from '../consents/consent-service.ts'
import type { ConsentRepository } from '../ports/consent-repository.ts'
import type { ProvedIdentity } from '../ports/identity-provider.ts'
import type { IdentityRecord, IdentityRepository } from '../ports/identity-repository.ts'
import type { SsoConnectionRecord } from '../ports/sso-connection-repository.ts'
import type { SsoDomainRepository } from '../ports/sso-domain-repository.ts'
import type { TeamDirectory } from '../ports/tenant-directory.ts'
import type { SignInCandidate, UserRepository } from '../ports/user-repository.ts'
import type { Passwords } from '../users/passwords.ts'
import type { User, UserId } from '../users/user.ts'
import { domainOf } from './domain.ts'

/** Somebody whom a provider has sent. */
export interface Arrival {
  readonly connection: SsoConnectionRecord
  readonly identity: ProvedIdentity
  readonly client: Origin
  /** Token of an invitation. */
  readonly invitation: string | undefined
  readonly acceptTerms: boolean
}

interface Bound {
  readonly users: UserRepository
  readonly consents: ConsentRepository
  readonly identities: IdentityRepository
  readonly team: TeamDirectory
  readonly events: EventRecorder
}

export interface FederatedAccountsDeps {
  readonly users: UserRepository
  readonly identities: IdentityRepository
  readonly ssoDomains: SsoDomainRepository
  readonly passwords: Passwords
  readonly clock: Clock
  readonly consentService: Pick<ConsentService, 'draftAll'>
  readonly transaction: Transaction<Bound>
}

/** Whose account a proved identity is. */
export class FederatedAccounts {
  readonly #deps: FederatedAccountsDeps

  constructor(deps: FederatedAccountsDeps) {
    this.#deps = deps
  }

  /**
   * The account that the identity is linked to. Else, for an address that the provider has verified and speaks for with authority,
   * the account that has verified the same address, or a new one where the connection provides them; either is linked for good.
   * Of concurrent callers with one identity one creates, and all get the same account.
   *
   * @throws `auth/sso-not-linked`, the same for every reason: it tells nobody who has an account. `tenant/invalid-invitation` for one
   * that does not lead into the tenant of the connection, or is for another address.
   */
  async resolve(arrival: Arrival): Promise<SignInCandidate> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#resolve(arrival)
      } catch (error) {
        if (attempt === 3 || !isLostRace(error)) throw error
      }
    }
  }

  /** Whether the provider speaks for the addresses of this domain: the platform says so, or the tenant that has proved it. */
  async hasAuthority({ tenantId, domains }: SsoConnectionRecord, email: string): Promise<boolean> {
    const domain = domainOf(email)
    if (!domains.includes(domain)) return false
    if (tenantId === null) return true
    return (await this.#deps.ssoDomains.list(tenantId)).some((proved) => proved.domain === domain)
  }

  async #resolve(arrival: Arrival): Promise<SignInCandidate> {
    const { users, identities } = this.#deps
    const { connection, identity } = arrival
    const linked = await identities.findUser(identity.issuer, identity.subject)
    if (linked !== null) {
      const candidate = await users.findForSignInById(linked)
      if (!candidate) throw AuthErrors.ssoNotLinked()
      return this.#joined(arrival, candidate)
    }
    const { email, emailVerified } = identity
    if (email === null || !emailVerified || !(await this.hasAuthority(connection, email)))
      throw AuthErrors.ssoNotLinked()
    const known = await users.findForSignIn(email)
    return known ? this.#adopted(arrival, known) : this.#provisioned(arrival, email)
  }

  /** Links an account that has verified the same address itself. */
  async #adopted(arrival: Arrival, known: SignInCandidate): Promise<SignInCandidate> {
    const { connection } = arrival
    const { user, operator } = known
    const isMissing = this.#lacks(connection, known)
    // Whoever runs the platform is not for a tenant's provider to name.
    if (!user.emailVerified || known.isDisabled || (operator && connection.tenantId !== null))
      throw AuthErrors.ssoNotLinked()
    if (isMissing && !admits(arrival)) throw AuthErrors.ssoNotLinked()
    await this.#deps.transaction(async (bound) => {
      await this.#link(bound, user.id, arrival)
      if (isMissing) await this.#join(bound, user, arrival)
    })
    return this.#candidate(user.id)
  }

  /** Creates an account without a password that anybody knows. */
  async #provisioned(arrival: Arrival, email: string): Promise<SignInCandidate> {
    const { passwords, clock, consentService, transaction } = this.#deps
    const { connection, identity, client, acceptTerms } = arrival
    if (!admits(arrival)) throw AuthErrors.ssoNotLinked()
    const credential = await passwords.hash(`${crypto.randomUUID()}${crypto.randomUUID()}`)
    const now = clock.now()
    const user: User = {
      id: newId('usr', clock),
      email,
      displayName: identity.displayName,
      emailVerified: true,
      createdAt: now.toISOString(),
    }
    const event = AuthEvents.userProvisioned(
      connection.tenantId,
      { userId: user.id, connectionId: connection.id },
      { ...client, actorId: user.id },
    )
    await transaction(async (bound) => {
      await bound.users.insert({
        user,
        operator: false,
        credential,
        termsAcceptedAt: acceptTerms ? now : null,
      })
      if (acceptTerms)
        for (const consent of consentService.draftAll(user.id, client)) await bound.consents.record(consent)
      await this.#link(bound, user.id, arrival)
      await this.#join(bound, user, arrival)
      await bound.events.record(event)
    })
    return this.#candidate(user.id)
  }

  /** Somebody known who is not a member of the connection's tenant yet becomes one where the connection provides for it. */
  async #joined(arrival: Arrival, known: SignInCandidate): Promise<SignInCandidate> {
    const { connection, identity } = arrival
    const { email, emailVerified } = identity
    if (!this.#lacks(connection, known) || !admits(arrival)) return known
    if (email === null || !emailVerified || !(await this.hasAuthority(connection, email))) return known
    await this.#deps.transaction((bound) => this.#join(bound, known.user, arrival))
    return this.#candidate(known.user.id)
  }

  #lacks({ tenantId }: SsoConnectionRecord, { memberships }: SignInCandidate): boolean {
    return tenantId !== null && memberships.every((joined) => joined.tenantId !== tenantId)
  }

  /** By the invitation when there is one, with its role. */
  async #join(
    { team }: Bound,
    { id: userId, email }: Pick<User, 'id' | 'email'>,
    { connection: { tenantId, role }, invitation, client }: Arrival,
  ): Promise<void> {
    if (tenantId === null) return
    const origin = { ...client, actorId: userId }
    if (invitation === undefined) {
      await team.memberships.join({ tenantId, userId, role }, origin)
      return
    }
    const { tenantId: invitedTo } = await team.invitations.find(invitation)
    if (invitedTo !== tenantId) throw TenantErrors.invalidInvitation()
    await team.invitations.redeem({ token: invitation, userId, email }, origin)
  }

  async #link(
    { identities }: Bound,
    userId: UserId,
    { connection: { id: connectionId, tenantId }, identity: { issuer, subject, email }, client }: Arrival,
  ): Promise<void> {
    const { clock } = this.#deps
    const record: IdentityRecord = {
      id: newId('idn', clock),
      userId,
      issuer,
      subject,
      email,
      createdAt: clock.now(),
    }
    const what = { userId, identityId: record.id, connectionId, by: 'email' } as const
    await identities.insert(record, [
      AuthEvents.identityLinked(tenantId, what, { ...client, actorId: userId }),
    ])
  }

  async #candidate(userId: UserId): Promise<SignInCandidate> {
    const candidate = await this.#deps.users.findForSignInById(userId)
    if (!candidate) throw AuthErrors.ssoNotLinked()
    return candidate
  }
}

/** Whether the connection makes a member of somebody who is none. */
const admits = ({ connection: { tenantId, provisioning }, invitation }: Arrival): boolean =>
  tenantId !== null &&
  (provisioning === 'domain_allowlist' || (provisioning === 'invite_only' && invitation !== undefined))

const races: ReadonlySet<string> = new Set([
  AuthErrors.emailTaken.code,
  AuthErrors.identityTaken.code,
  TenantErrors.alreadyMember.code,
])

const isLostRace = (error: unknown): boolean => error instanceof DomainError && races.has(error.code)
