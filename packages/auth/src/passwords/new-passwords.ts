import { AuthErrors } from '../auth-errors.ts'
import type { TenantDirectory } from '../ports/tenant-directory.ts'
import type { SignInCandidate, UserRepository } from '../ports/user-repository.ts'
import type { Credential } from '../users/credential.ts'
import type { Passwords } from '../users/passwords.ts'
import type { PasswordPolicy } from './password-policy.ts'

export interface NewPasswordsDeps {
  readonly users: UserRepository
  readonly tenants: TenantDirectory
  readonly passwords: Passwords
  readonly passwordPolicy: PasswordPolicy
  /** Passwords, the present one included, that a new one must differ from. */
  readonly history: number
}

/** Tenants whose names a password of their member may not be made of. */
const mostTenants = 5

/** Judges the password that an account is to have from now on. */
export class NewPasswords {
  readonly #deps: NewPasswordsDeps

  constructor(deps: NewPasswordsDeps) {
    this.#deps = deps
  }

  /**
   * The credential of a new password. The history costs as many hashes as it may hold, whatever it holds.
   *
   * @throws `auth/weak-password`, `auth/reused-password`, `auth/breach-check-unavailable`, `auth/hashing-busy`
   */
  async hash(password: string, { user, memberships }: SignInCandidate): Promise<Credential> {
    const { tenants, passwords, passwordPolicy } = this.#deps
    const joined = await Promise.all(
      memberships.slice(0, mostTenants).map(({ tenantId }) => tenants.get(tenantId)),
    )
    await passwordPolicy.check(password, {
      names: [user.email, user.displayName, ...joined.map(({ name }) => name)],
      needsSecondFactor: memberships.length > 0 && memberships.every(({ mfa }) => mfa === 'required'),
    })
    if (await this.#isReused(password, user.id)) throw AuthErrors.reusedPassword()
    return passwords.hash(password)
  }

  async #isReused(password: string, userId: SignInCandidate['user']['id']): Promise<boolean> {
    const { users, passwords, history } = this.#deps
    const kept = await users.findPasswords(userId)
    const known = kept ? [kept.credential, ...kept.previous] : []
    let isReused = false
    // One after the other: a single request must not take every place of the hasher.
    for (let i = 0; i < history; i++)
      isReused = (await passwords.verify(password, known[i] ?? null)) || isReused
    return isReused
  }
}
