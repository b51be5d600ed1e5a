import { type Clock, newId, type Principal, type Transaction } from '@corbel/core'
import type { EventRecorder } from '@corbel/core/ports'
import { AuthErrors } from '../auth-errors.ts'
import { AuthEvents } from '../auth-events.ts'
import type { TenantDirectory } from '../ports/tenant-directory.ts'
import type { UserRepository } from '../ports/user-repository.ts'
import { NewOperator, type Operator } from './operator.ts'
import type { Passwords } from './passwords.ts'
import type { Me } from './user.ts'

export interface UserServiceDeps {
  readonly users: UserRepository
  readonly clock: Clock
  readonly passwords: Passwords
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
  async describe({ tenantId, userId, sessionId, scopes, aal, amr }: Principal): Promise<Me> {
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
    }
  }

  /** Whether the platform has an operator. */
  hasOperator(): Promise<boolean> {
    return this.#deps.users.hasOperator()
  }

  /**
   * Creates an operator of the platform with a verified address, and the tenant they own, in one transaction. For the host only.
   *
   * @throws `auth/email-taken`, and ZodError when the address or the password does not do.
   */
  async createOperator(input: NewOperator): Promise<Operator> {
    const { clock, passwords, transaction } = this.#deps
    const { email, password, tenantName } = NewOperator.parse(input)
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
}
