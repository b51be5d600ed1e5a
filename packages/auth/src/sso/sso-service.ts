import type { Meter } from '@corbel/core/ports'
import { DomainError } from '@corbel/core'
import type { Clock } from '@corbel/core'
import type { Refusals } from '../audit/refusals.ts'
import { AuthErrors } from '../auth-errors.ts'
import { AuthEvents } from '../auth-events.ts'
import { AuthMetrics } from '../auth-metrics.ts'
import type { SsoConnectionRecord, SsoConnectionRepository } from '../ports/sso-connection-repository.ts'
import type { SignInCompletion } from '../sign-in/sign-in-completion.ts'
import type { Proof, SignInClient, SignInOutcome } from '../sign-in/sign-in.ts'
import type { SsoConnectionId } from './connection-id.ts'
import type { FederatedAccounts } from './federated-accounts.ts'
import type { FinishedSso, SsoFlow } from './sso-flow.ts'
import type { ProviderList, ProviderQuery, SsoAnswer, StartedSso, StartSso } from './sso.ts'

export interface SsoServiceDeps {
  readonly ssoConnections: SsoConnectionRepository
  readonly ssoFlow: SsoFlow
  readonly federatedAccounts: FederatedAccounts
  readonly signInCompletion: SignInCompletion
  readonly refusals: Refusals
  readonly meter: Meter
  readonly clock: Clock
  /** Whether an address must be verified before anybody signs in to its account. */
  readonly requireEmailVerification: boolean
}

/** Signing in with an account of somewhere else. */
export class SsoService {
  readonly #deps: SsoServiceDeps

  constructor(deps: SsoServiceDeps) {
    this.#deps = deps
  }

  /** The ways in that a sign-in page can offer. A tenant or a domain that nobody has gets the answer of one without any of its own. */
  async listProviders(query: ProviderQuery): Promise<ProviderList> {
    const offered = await this.#deps.ssoConnections.listOffered(query)
    return { data: offered.map(({ id, name, preset }) => ({ id, name, preset })) }
  }

  /** @throws `auth/sso-connection-not-found`, also for one that is switched off; `auth/sso-unavailable` */
  async start(id: SsoConnectionId, { tenantId, loginHint, reauthenticate }: StartSso): Promise<StartedSso> {
    const connection = await this.#deps.ssoConnections.find(id)
    if (!connection?.enabled) throw AuthErrors.ssoConnectionNotFound()
    return this.#deps.ssoFlow.begin(connection, { tenantId, loginHint, reauthenticate })
  }

  /**
   * Opens a session, or asks for a second factor, in the tenant of the connection; with one of the platform in the tenant that was
   * named at the start, or joined first. Of concurrent callers with one state one gets anywhere.
   *
   * @throws `auth/invalid-sso-state`, `auth/sso-refused`, `auth/sso-unavailable`, `auth/sso-not-linked`, `auth/not-a-member`,
   * `tenant/invalid-invitation`
   */
  async complete(id: SsoConnectionId, answer: SsoAnswer, client: SignInClient): Promise<SignInOutcome> {
    const { ssoFlow, ssoConnections, federatedAccounts, signInCompletion } = this.#deps
    try {
      const finished = await ssoFlow.finish(id, answer)
      const { connection, state, identity } = finished
      const newcomer = { invitation: answer.invitation, acceptTerms: answer.acceptTerms === true }
      const candidate = await federatedAccounts.resolve({ connection, identity, client, ...newcomer })
      if (this.#deps.requireEmailVerification && !candidate.user.emailVerified)
        throw AuthErrors.ssoNotLinked()
      return await signInCompletion.complete({
        candidate,
        proof: await this.#proofOf(finished, candidate.user.email),
        tenantId: connection.tenantId ?? state.tenantId ?? undefined,
        client,
      })
    } catch (error) {
      const reason = error instanceof DomainError ? refused.get(error.code) : undefined
      if (reason) await this.#refuse(await ssoConnections.find(id), reason, client)
      throw error
    }
  }

  /** Two factors count only where the connection says which words of the provider mean that, and the provider speaks for the address. */
  async #proofOf({ connection, identity }: FinishedSso, email: string): Promise<Proof> {
    const { federatedAccounts, clock } = this.#deps
    const now = clock.now()
    const { authenticatedAt, methods } = identity
    const claims = methods.some((method) => connection.twoFactorMethods.includes(method))
    const isTrusted =
      claims && (connection.tenantId === null || (await federatedAccounts.hasAuthority(connection, email)))
    return {
      amr: isTrusted ? ['fed', 'mfa'] : ['fed'],
      aal: isTrusted ? 2 : 1,
      // A clock of theirs that is ahead makes nobody fresher than now.
      ...(authenticatedAt && authenticatedAt < now && { authenticatedAt }),
    }
  }

  async #refuse(connection: SsoConnectionRecord | null, reason: string, client: SignInClient): Promise<void> {
    const { meter, refusals } = this.#deps
    meter.counter(AuthMetrics.signIn).add({ outcome: reason })
    await refusals.record(AuthEvents.signInRefused(connection?.tenantId ?? null, { reason }, client))
  }
}

const refused: ReadonlyMap<string, string> = new Map([
  [AuthErrors.invalidSsoState.code, 'sso_state'],
  [AuthErrors.ssoRefused.code, 'sso_refused'],
  [AuthErrors.ssoNotLinked.code, 'sso_not_linked'],
])
