import type { Id } from '@corbel/core'
import type { Refusals } from '../audit/refusals.ts'
import { AuthErrors } from '../auth-errors.ts'
import { AuthEvents } from '../auth-events.ts'
import type { SignInClient } from '../sign-in/sign-in.ts'
import type { AttemptBudget } from '../throttling/attempt-budget.ts'
import type { User } from '../users/user.ts'

export interface FactorTrialDeps {
  readonly attemptBudget: AttemptBudget
  readonly refusals: Refusals
}

/** Whose factor is tried, where, and by which client. */
export interface FactorOwner {
  readonly user: Pick<User, 'id' | 'email'>
  readonly tenantId: Id<'ten'>
  readonly client: SignInClient
}

/** What a factor that is right is worth, and what a success forgets. */
export interface Proved<T> {
  readonly proved: T
  readonly spentKeys: readonly string[]
}

/** Tries a factor within the one budget of attempts that an account has. */
export class FactorTrial {
  readonly #deps: FactorTrialDeps

  constructor(deps: FactorTrialDeps) {
    this.#deps = deps
  }

  /**
   * @param match - Null when the factor is wrong; not called when no attempt is left.
   * @throws `auth/too-many-attempts`, `auth/invalid-factor`
   */
  async of<T>({ user, tenantId, client }: FactorOwner, match: () => Promise<T | null>): Promise<Proved<T>> {
    const { attemptBudget, refusals } = this.#deps
    const attempt = await attemptBudget.begin(user.id, { email: user.email, tenantId, client })
    const proved = attempt.isExhausted ? null : await match()
    if (proved !== null) return { proved, spentKeys: attempt.spentKeys }
    await attempt.fail(user.id)
    await refusals.record(AuthEvents.factorRefused(tenantId, { userId: user.id }, client))
    throw AuthErrors.invalidFactor()
  }
}
