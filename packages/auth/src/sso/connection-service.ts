import {
  type Clock,
  hostOrigin,
  type Id,
  newId,
  type Origin,
  toPage,
  toPageRequest,
  type UserPrincipal,
} from '@corbel/core'
import type { KeyVault } from '@corbel/core/ports'
import { AuthErrors } from '../auth-errors.ts'
import { AuthEvents } from '../auth-events.ts'
import type { IdentityProvider } from '../ports/identity-provider.ts'
import type { SsoConnectionRecord, SsoConnectionRepository } from '../ports/sso-connection-repository.ts'
import type { SsoConnectionId } from './connection-id.ts'
import { presets } from './connection-preset.ts'
import type {
  Connection,
  ConnectionPage,
  ConnectionPatch,
  ConnectionQuery,
  NewConnection,
} from './connection.ts'
import { clientSecretContext, redirectUriOf } from './sso-flow.ts'

export interface ConnectionServiceDeps {
  readonly ssoConnections: SsoConnectionRepository
  readonly identityProvider: IdentityProvider
  readonly keyVault: KeyVault
  readonly clock: Clock
  readonly publicUrl: string
}

type Manager = Pick<UserPrincipal, 'userId' | 'tenantId' | 'operator'>
/** The host itself has no user and, for a connection of the platform, no tenant. */
type Creator = Pick<UserPrincipal, 'operator'> & {
  readonly userId: UserPrincipal['userId'] | null
  readonly tenantId: Id<'ten'> | null
}
type Owner = 'tenant' | 'platform'

/** The connections of tenants to identity providers, and those of the platform. */
export class ConnectionService {
  readonly #deps: ConnectionServiceDeps

  constructor(deps: ConnectionServiceDeps) {
    this.#deps = deps
  }

  /** @throws `auth/sso-platform-only` */
  async list(
    manager: Pick<Creator, 'tenantId' | 'operator'>,
    query: ConnectionQuery,
  ): Promise<ConnectionPage> {
    const rows = await this.#deps.ssoConnections.list(ownerOf(manager, query.owner), toPageRequest(query))
    const { data, nextCursor } = toPage(rows, query.limit, ({ id }) => id)
    return { data: data.map((row) => this.#shown(row)), nextCursor }
  }

  /** @throws `auth/sso-connection-not-found` */
  async get(manager: Manager, id: SsoConnectionId): Promise<Connection> {
    return this.#shown(await this.#own(manager, id))
  }

  /** @throws `auth/sso-platform-only`, `auth/sso-provisioning`, `auth/sso-issuer-refused` */
  async create(manager: Creator, input: NewConnection, origin: Origin = hostOrigin): Promise<Connection> {
    const { ssoConnections, identityProvider, clock } = this.#deps
    const { owner, clientSecret, ...values } = input
    const tenantId = ownerOf(manager, owner)
    const issuer = input.issuer ?? presets[input.preset].issuer ?? ''
    const id = newId('sso', clock)
    const connection: SsoConnectionRecord = {
      ...values,
      id,
      tenantId,
      issuer,
      clientSecret: clientSecret === undefined ? null : await this.#seal({ id, tenantId }, clientSecret),
      tokenAuthMethod: input.tokenAuthMethod ?? (clientSecret === undefined ? 'none' : 'client_secret_basic'),
      createdAt: clock.now(),
      version: 1,
    }
    requireProvisionable(connection)
    await identityProvider.check(issuer)
    const { userId } = manager
    await ssoConnections.insert(connection, [
      AuthEvents.ssoConnectionCreated(tenantId, { connectionId: id, userId }, origin),
    ])
    return this.#shown(connection)
  }

  /**
   * Changes what is named. Whoever has begun to sign in finishes by what is then.
   *
   * @throws `auth/sso-connection-not-found`, `auth/sso-connection-stale`, `auth/sso-provisioning`, `auth/sso-client-secret`
   */
  async update(
    manager: Manager,
    id: SsoConnectionId,
    { clientSecret, ...values }: ConnectionPatch,
    version: number,
    origin: Origin = hostOrigin,
  ): Promise<Connection> {
    const present = await this.#own(manager, id)
    const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
    const sealed = clientSecret ? await this.#seal(present, clientSecret) : clientSecret
    const changed: SsoConnectionRecord = {
      ...present,
      ...given,
      ...(sealed !== undefined && { clientSecret: sealed }),
      version,
    }
    requireProvisionable(changed)
    if ((changed.clientSecret === null) !== (changed.tokenAuthMethod === 'none'))
      throw AuthErrors.ssoClientSecret()
    const event = AuthEvents.ssoConnectionChanged(
      present.tenantId,
      { connectionId: id, userId: manager.userId },
      origin,
    )
    const stored = await this.#deps.ssoConnections.replace(changed, [event])
    if (!stored) throw AuthErrors.ssoConnectionStale()
    return this.#shown(stored)
  }

  /** Nobody signs in with it any more. Sessions and linked identities stay. @throws `auth/sso-connection-not-found` */
  async remove(manager: Manager, id: SsoConnectionId, origin: Origin = hostOrigin): Promise<void> {
    const { tenantId } = await this.#own(manager, id)
    const event = AuthEvents.ssoConnectionRemoved(
      tenantId,
      { connectionId: id, userId: manager.userId },
      origin,
    )
    if (!(await this.#deps.ssoConnections.remove(tenantId, id, [event])))
      throw AuthErrors.ssoConnectionNotFound()
  }

  /** Of the caller's tenant; operators have those of the platform as well. */
  async #own({ tenantId, operator }: Manager, id: SsoConnectionId): Promise<SsoConnectionRecord> {
    const { ssoConnections } = this.#deps
    const found =
      (await ssoConnections.findOwn(tenantId, id)) ??
      (operator ? await ssoConnections.findOwn(null, id) : null)
    if (!found) throw AuthErrors.ssoConnectionNotFound()
    return found
  }

  #seal(of: Pick<SsoConnectionRecord, 'id' | 'tenantId'>, secret: string): Promise<string> {
    return this.#deps.keyVault.seal(new TextEncoder().encode(secret), clientSecretContext(of))
  }

  #shown({ tenantId, clientSecret, createdAt, ...values }: SsoConnectionRecord): Connection {
    return {
      ...values,
      owner: tenantId === null ? 'platform' : 'tenant',
      hasClientSecret: clientSecret !== null,
      redirectUri: redirectUriOf(this.#deps.publicUrl, values.id),
      scopes: [...values.scopes],
      domains: [...values.domains],
      twoFactorMethods: [...values.twoFactorMethods],
      createdAt: createdAt.toISOString(),
    }
  }
}

function ownerOf(
  { tenantId, operator }: Pick<Creator, 'tenantId' | 'operator'>,
  owner: Owner,
): Id<'ten'> | null {
  if (owner === 'tenant') return tenantId
  if (!operator) throw AuthErrors.ssoPlatformOnly()
  return null
}

/** A connection of the platform leads to no tenant that somebody could join by it. */
function requireProvisionable({ tenantId, provisioning }: SsoConnectionRecord): void {
  if (tenantId === null && provisioning !== 'disabled') throw AuthErrors.ssoProvisioning()
}
