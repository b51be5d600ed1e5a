import { type Clock, newId, type Transaction, type UserPrincipal } from '@corbel/core'
import type { EventRecorder } from '@corbel/core/ports'
import { AuthErrors } from '../auth-errors.ts'
import { AuthEvents } from '../auth-events.ts'
import type { TenantDirectory } from '../ports/tenant-directory.ts'
import type { UserRepository } from '../ports/user-repository.ts'
import { NewOperator, type Operator } from './operator.ts'
import { unpeppered } from './credential.ts'
import { ImportedUser } from './imported-user.ts'
import type { PasswordPolicy } from '../passwords/password-policy.ts'
import type { Passwords } from './passwords.ts'
import type { Me } from './user.ts'

export interface UserServiceDeps {
  readonly users: UserRepository
  readonly clock: Clock
  readonly passwords: Passwords
  readonly passwordPolicy: PasswordPolicy
  readonly transaction: Transaction<{
    readonly users: UserRepository
    readonly tenants: TenantDirectory
    readonly events: EventRecorder
  }>
}

export class UserService {
  readonly #deps: UserServiceDeps

  constructor(deps: UserServiceDeps) {
    this.#deps = deps
  }

  /**
   * The account behind a principal, in one statement.
   *
   * @throws `auth/session-ended` when the user is no longer a member of the tenant.
   */
  async describe({
    tenantId,
    userId,
    sessionId,
    scopes,
    aal,
    amr,
    impersonatorId,
  }: UserPrincipal): Promise<Me> {
    const member = await this.#deps.users.findMember(tenantId, userId)
    if (!member) throw AuthErrors.sessionEnded()
    const { email, emailVerified, displayName } = member.user
    const { role } = member
    return {
      userId,
      email,
      emailVerified,
      displayName,
      tenantId,
      role,
      scopes: [...scopes],
      sessionId,
      aal,
      amr: [...amr],
      impersonatedBy: impersonatorId ?? null,
    }
  }

  /** Whether the platform has an operator. */
  hasOperator(): Promise<boolean> {
    return this.#deps.users.hasOperator()
  }

  /**
   * Creates an operator of the platform with a verified address, and the tenant they own, in one transaction. For the host only.
   *
   * @throws `auth/email-taken`, `auth/weak-password`, and ZodError when the address or the password does not do.
   */
  async createOperator(input: NewOperator): Promise<Operator> {
    const { clock, passwords, passwordPolicy, transaction } = this.#deps
    const { email, password, tenantName } = NewOperator.parse(input)
    await passwordPolicy.check(password, { names: [email, tenantName], needsSecondFactor: false })
    const credential = await passwords.hash(password)
    const createdAt = clock.now().toISOString()
    const user = { id: newId('usr', clock), email, displayName: null, emailVerified: true, createdAt }
    return transaction(async ({ users, tenants, events }) => {
      await users.insert({ user, operator: true, credential, termsAcceptedAt: null })
      const tenant = await tenants.create({ name: tenantName, ownerId: user.id })
      await events.record(AuthEvents.operatorCreated(tenant.id, { userId: user.id }))
      return { user, tenant }
    })
  }

  /**
   * Brings a user from another system with their password's hash, and creates the tenant they own, in one transaction. Sign-in
   * verifies the hash once and replaces it. For the host only.
   *
   * @throws `auth/email-taken`, and ZodError when a value does not do.
   */
  async importUser(input: ImportedUser): Promise<Operator> {
    const { clock, transaction } = this.#deps
    const { email, displayName, emailVerified, passwordHash, tenantName } = ImportedUser.parse(input)
    const createdAt = clock.now().toISOString()
    const user = { id: newId('usr', clock), email, displayName, emailVerified, createdAt }
    const credential = { passwordHash, pepperId: unpeppered }
    return transaction(async ({ users, tenants, events }) => {
      await users.insert({ user, operator: false, credential, termsAcceptedAt: null })
      const tenant = await tenants.create({ name: tenantName, ownerId: user.id })
      await events.record(AuthEvents.userImported(tenant.id, { userId: user.id }))
      return { user, tenant }
    })
  }
}
