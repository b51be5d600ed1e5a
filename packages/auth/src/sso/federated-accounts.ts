import { type Clock, DomainError, newId, type Origin, type Transaction } from '@corbel/core'
import type { EventRecorder } from '@corbel/core/ports'
import { TenantErrors } from '@corbel/core/tenant'
import { AuthErrors } from '../auth-errors.ts'
import { AuthEvents } from '../auth-events.ts'
import type { ProvedIdentity } from '../ports/identity-provider.ts'
import type { IdentityRecord, IdentityRepository } from '../ports/identity-repository.ts'
import type { SsoConnectionRecord } from '../ports/sso-connection-repository.ts'
import type { SsoDomainRepository } from '../ports/sso-domain-repository.ts'
import type { TeamDirectory } from '../ports/tenant-directory.ts'
import type { SignInCandidate, UserRepository } from '../ports/user-repository.ts'
import type { Passwords } from '../users/passwords.ts'
import type { User, UserId } from '../users/user.ts'
import { domainOf } from './domain.ts'

interface Bound {
  readonly users: UserRepository
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
   * @throws `auth/sso-not-linked`, the same for every reason: it tells nobody who has an account.
   */
  async resolve(
    connection: SsoConnectionRecord,
    identity: ProvedIdentity,
    client: Origin,
  ): Promise<SignInCandidate> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#resolve(connection, identity, client)
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

  async #resolve(
    connection: SsoConnectionRecord,
    identity: ProvedIdentity,
    client: Origin,
  ): Promise<SignInCandidate> {
    const { users, identities } = this.#deps
    const linked = await identities.findUser(identity.issuer, identity.subject)
    if (linked !== null) {
      const candidate = await users.findForSignInById(linked)
      if (!candidate) throw AuthErrors.ssoNotLinked()
      return this.#joined(connection, candidate, identity, client)
    }
    const { email, emailVerified } = identity
    if (email === null || !emailVerified || !(await this.hasAuthority(connection, email)))
      throw AuthErrors.ssoNotLinked()
    const known = await users.findForSignIn(email)
    return known
      ? this.#adopted(connection, known, identity, client)
      : this.#provisioned(connection, { ...identity, email }, client)
  }

  /** Links an account that has verified the same address itself. */
  async #adopted(
    connection: SsoConnectionRecord,
    known: SignInCandidate,
    identity: ProvedIdentity,
    client: Origin,
  ): Promise<SignInCandidate> {
    const { user, operator } = known
    const { tenantId } = connection
    const isMissing = this.#lacks(connection, known)
    // Whoever runs the platform is not for a tenant's provider to name.
    if (!user.emailVerified || known.isDisabled || (operator && tenantId !== null))
      throw AuthErrors.ssoNotLinked()
    if (isMissing && connection.provisioning !== 'domain_allowlist') throw AuthErrors.ssoNotLinked()
    await this.#deps.transaction(async (bound) => {
      await this.#link(bound, connection, user.id, identity, client)
      if (isMissing) await this.#join(bound, connection, user.id, client)
    })
    return this.#candidate(user.id)
  }

  /** Creates an account without a password that anybody knows. */
  async #provisioned(
    connection: SsoConnectionRecord,
    identity: ProvedIdentity & { readonly email: string },
    client: Origin,
  ): Promise<SignInCandidate> {
    const { passwords, clock, transaction } = this.#deps
    if (connection.tenantId === null || connection.provisioning !== 'domain_allowlist')
      throw AuthErrors.ssoNotLinked()
    const credential = await passwords.hash(`${crypto.randomUUID()}${crypto.randomUUID()}`)
    const user: User = {
      id: newId('usr', clock),
      email: identity.email,
      displayName: identity.displayName,
      emailVerified: true,
      createdAt: clock.now().toISOString(),
    }
    const event = AuthEvents.userProvisioned(
      connection.tenantId,
      { userId: user.id, connectionId: connection.id },
      { ...client, actorId: user.id },
    )
    await transaction(async (bound) => {
      await bound.users.insert({ user, operator: false, credential, termsAcceptedAt: null })
      await this.#link(bound, connection, user.id, identity, client)
      await this.#join(bound, connection, user.id, client)
      await bound.events.record(event)
    })
    return this.#candidate(user.id)
  }

  /** Somebody known who is not a member of the connection's tenant yet becomes one where the connection provides for it. */
  async #joined(
    connection: SsoConnectionRecord,
    known: SignInCandidate,
    { email, emailVerified }: ProvedIdentity,
    client: Origin,
  ): Promise<SignInCandidate> {
    if (!this.#lacks(connection, known) || connection.provisioning !== 'domain_allowlist') return known
    if (email === null || !emailVerified || !(await this.hasAuthority(connection, email))) return known
    await this.#deps.transaction((bound) => this.#join(bound, connection, known.user.id, client))
    return this.#candidate(known.user.id)
  }

  #lacks({ tenantId }: SsoConnectionRecord, { memberships }: SignInCandidate): boolean {
    return tenantId !== null && memberships.every((joined) => joined.tenantId !== tenantId)
  }

  async #join(
    { team }: Bound,
    { tenantId, role }: SsoConnectionRecord,
    userId: UserId,
    client: Origin,
  ): Promise<void> {
    if (tenantId !== null)
      await team.memberships.join({ tenantId, userId, role }, { ...client, actorId: userId })
  }

  async #link(
    { identities }: Bound,
    { id: connectionId, tenantId }: SsoConnectionRecord,
    userId: UserId,
    { issuer, subject, email }: ProvedIdentity,
    client: Origin,
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

const races: ReadonlySet<string> = new Set([
  AuthErrors.emailTaken.code,
  AuthErrors.identityTaken.code,
  TenantErrors.alreadyMember.code,
])

const isLostRace = (error: unknown): boolean => error instanceof DomainError && races.has(error.code)
