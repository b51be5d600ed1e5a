import type { Id } from '@corbel/core'
import type { Meter } from '@corbel/core/ports'
import type { Refusals } from '../audit/refusals.ts'
import { AuthEvents } from '../auth-events.ts'
import { AuthMetrics } from '../auth-metrics.ts'
import type { SignInCandidate } from '../ports/user-repository.ts'
import type { SignInClient } from './sign-in.ts'

export interface SignInRefusalsDeps {
  readonly meter: Meter
  readonly refusals: Refusals
}

/** What is kept of a first factor that was wrong, on whatever path. */
export class SignInRefusals {
  readonly #deps: SignInRefusalsDeps

  constructor(deps: SignInRefusalsDeps) {
    this.#deps = deps
  }

  /** In the trail of the tenant that was asked for, or joined first; of an unknown account, in that of the platform. */
  async record(
    reason: string,
    candidate: SignInCandidate | null,
    {
      tenantId: wanted,
      client,
    }: { readonly tenantId?: Id<'ten'> | undefined; readonly client: SignInClient },
  ): Promise<void> {
    const { meter, refusals } = this.#deps
    meter.counter(AuthMetrics.signIn).add({ outcome: reason })
    const tenantId = candidate?.memberships.find(
      (joined) => wanted === undefined || joined.tenantId === wanted,
    )?.tenantId
    const what = { userId: candidate?.user.id, reason }
    await refusals.record(AuthEvents.signInRefused(tenantId ?? null, what, client))
  }
}
