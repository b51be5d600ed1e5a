import { type Clock, hostOrigin, newId, type Origin, type UserPrincipal } from '@corbel/core'
import { AuthErrors } from '../auth-errors.ts'
import { AuthEvents } from '../auth-events.ts'
import type { IdentityRecord, IdentityRepository } from '../ports/identity-repository.ts'
import type { SsoConnectionRecord, SsoConnectionRepository } from '../ports/sso-connection-repository.ts'
import type { SsoConnectionId } from './connection-id.ts'
import type { SsoFlow } from './sso-flow.ts'
import type { Identity, IdentityList, SsoAnswer, StartedSso, StartLink } from './sso.ts'

export interface IdentityServiceDeps {
  readonly identities: IdentityRepository
  readonly ssoConnections: SsoConnectionRepository
  readonly ssoFlow: SsoFlow
  readonly clock: Clock
}

type Owner = Pick<UserPrincipal, 'userId' | 'tenantId'>

/** What the caller is known by at identity providers. */
export class IdentityService {
  readonly #deps: IdentityServiceDeps

  constructor(deps: IdentityServiceDeps) {
    this.#deps = deps
  }

  async list({ userId }: Pick<Owner, 'userId'>): Promise<IdentityList> {
    return { data: (await this.#deps.identities.list(userId)).map(shown) }
  }

  /** Begins to link, with a connection of the own tenant or of the platform. @throws `auth/sso-connection-not-found` */
  async start(
    { userId, tenantId }: Owner,
    id: SsoConnectionId,
    { reauthenticate }: StartLink,
  ): Promise<StartedSso> {
    const connection = await this.#usable(tenantId, id)
    return this.#deps.ssoFlow.begin(connection, { userId, reauthenticate })
  }

  /**
   * Links what the provider has proved, whatever its address is.
   *
   * @throws `auth/sso-connection-not-found`, `auth/invalid-sso-state`, `auth/sso-refused`, `auth/sso-unavailable`,
   * `auth/identity-taken`
   */
  async complete(
    { userId, tenantId }: Owner,
    id: SsoConnectionId,
    answer: SsoAnswer,
    origin: Origin = hostOrigin,
  ): Promise<Identity> {
    const { identities, ssoFlow, clock } = this.#deps
    await this.#usable(tenantId, id)
    const { identity } = await ssoFlow.finish(id, answer, userId)
    const { issuer, subject, email } = identity
    const record: IdentityRecord = {
      id: newId('idn', clock),
      userId,
      issuer,
      subject,
      email,
      createdAt: clock.now(),
    }
    const what = { userId, identityId: record.id, connectionId: id, by: 'user' } as const
    await identities.insert(record, [AuthEvents.identityLinked(tenantId, what, origin)])
    return shown(record)
  }

  /** @throws `auth/identity-not-found` */
  async remove(
    { userId, tenantId }: Owner,
    id: IdentityRecord['id'],
    origin: Origin = hostOrigin,
  ): Promise<void> {
    const event = AuthEvents.identityRemoved(tenantId, { userId, identityId: id }, origin)
    if (!(await this.#deps.identities.remove(userId, id, [event]))) throw AuthErrors.identityNotFound()
  }

  async #usable(tenantId: Owner['tenantId'], id: SsoConnectionId): Promise<SsoConnectionRecord> {
    const { ssoConnections } = this.#deps
    const connection =
      (await ssoConnections.findOwn(tenantId, id)) ?? (await ssoConnections.findOwn(null, id))
    if (!connection?.enabled) throw AuthErrors.ssoConnectionNotFound()
    return connection
  }
}

const shown = ({ id, issuer, subject, email, createdAt }: IdentityRecord): Identity => ({
  id,
  issuer,
  subject,
  email,
  createdAt: createdAt.toISOString(),
})
