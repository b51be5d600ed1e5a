import { type Clock, DomainError, newId, type Transaction } from '@corbel/core'
import type { EventRecorder, Mailer, Meter } from '@corbel/core/ports'
import { AuthErrors } from '../auth-errors.ts'
import { AuthEvents } from '../auth-events.ts'
import { AuthMetrics } from '../auth-metrics.ts'
import type { TenantDirectory } from '../ports/tenant-directory.ts'
import type { NewUser, UserRepository } from '../ports/user-repository.ts'
import type { Passwords } from '../users/passwords.ts'
import type { UserId } from '../users/user.ts'
import { repeatedRegistrationMail } from './repeated-registration-mail.ts'
import type { Registration, SignUp } from './sign-up.ts'

export interface SignUpServiceDeps {
  readonly users: UserRepository
  readonly tenants: TenantDirectory
  readonly clock: Clock
  readonly meter: Meter
  readonly mailer: Mailer
  readonly passwords: Passwords
  readonly appName: string
  readonly publicUrl: string
  readonly transaction: Transaction<{
    readonly users: UserRepository
    readonly tenants: TenantDirectory
    readonly events: EventRecorder
  }>
}

export class SignUpService {
  readonly #deps: SignUpServiceDeps

  constructor(deps: SignUpServiceDeps) {
    this.#deps = deps
  }

  /**
   * Creates an account, its credential and its tenant in one transaction. For an address that has an account nothing changes but
   * that its owner is told, and the answer has the same form. Of concurrent callers with one address, one creates.
   */
  async register(input: SignUp): Promise<Registration> {
    const { users, tenants, clock, passwords, meter } = this.#deps
    // First of all, and for everybody: the slow hash must not tell which addresses have an account.
    const credential = await passwords.hash(input.password)
    const createdAt = clock.now()
    const user = {
      id: newId('usr', clock),
      email: input.email,
      displayName: input.displayName ?? null,
      emailVerified: false,
      createdAt: createdAt.toISOString(),
    }
    const owner = await users.findForSignIn(input.email)
    const created = owner
      ? null
      : await this.#create({ user, operator: false, credential, termsAcceptedAt: createdAt }, input)
    if (!created) await this.#recordRepetition(input.email, owner?.user.id)
    meter.counter(AuthMetrics.signUp).add({ outcome: created ? 'registered' : 'repeated' })
    return created ?? { user, tenant: tenants.draft(input.tenantName) }
  }

  /** Tells the owner of an address that somebody tried to register it again. Sending the same event again sends the same mail. */
  async mailRepetition(eventId: string, userId: UserId): Promise<void> {
    const { users, mailer, appName, publicUrl } = this.#deps
    const user = await users.find(userId)
    if (user) await mailer.send(repeatedRegistrationMail({ id: eventId, to: user.email, appName, publicUrl }))
  }

  /** Null when another caller had taken the address in the meantime. */
  async #create(account: NewUser, { tenantName, planCode }: SignUp): Promise<Registration | null> {
    const { user } = account
    try {
      return await this.#deps.transaction(async ({ users, tenants, events }) => {
        await users.insert(account)
        const tenant = await tenants.create({ name: tenantName, ownerId: user.id })
        await events.record(AuthEvents.userRegistered(tenant.id, { userId: user.id, planCode }))
        return { user, tenant }
      })
    } catch (error) {
      if (error instanceof DomainError && error.code === AuthErrors.emailTaken.code) return null
      throw error
    }
  }

  async #recordRepetition(email: string, known: UserId | undefined): Promise<void> {
    const userId = known ?? (await this.#deps.users.findForSignIn(email))?.user.id
    if (userId === undefined) return
    await this.#deps.transaction(({ events }) =>
      events.record(AuthEvents.registrationRepeated(null, { userId })),
    )
  }
}
