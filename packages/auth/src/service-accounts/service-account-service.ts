import {
  before,
  type Clock,
  hostOrigin,
  newId,
  type Origin,
  type PageQuery,
  toPage,
  toPageRequest,
  type UserPrincipal,
} from '@corbel/core'
import { importJWK } from 'jose'
import { requireOwnScopes } from '../api-keys/own-scopes.ts'
import { AuthErrors } from '../auth-errors.ts'
import { AuthEvents } from '../auth-events.ts'
import type { NonceRepository } from '../ports/nonce-repository.ts'
import type { ServiceAccountRecord, ServiceAccountRepository } from '../ports/service-account-repository.ts'
import type { RevocationList } from '../tokens/revocation-list.ts'
import type { ClientSecrets } from './client-secrets.ts'
import type { DeclaredAccounts } from './declared-account.ts'
import type {
  ClientPublicKey,
  CreatedServiceAccount,
  NewServiceAccount,
  ServiceAccount,
  ServiceAccountId,
  ServiceAccountList,
} from './service-account.ts'

export interface ServiceAccountServiceDeps {
  readonly serviceAccounts: ServiceAccountRepository
  readonly nonces: NonceRepository
  readonly clock: Clock
  readonly clientSecrets: ClientSecrets
  readonly revocations: Pick<RevocationList, 'add'>
  readonly declaredAccounts: DeclaredAccounts
}

type Maker = Pick<UserPrincipal, 'userId' | 'tenantId' | 'scopes'>

/** The OAuth clients of tenants. */
export class ServiceAccountService {
  readonly #deps: ServiceAccountServiceDeps

  constructor(deps: ServiceAccountServiceDeps) {
    this.#deps = deps
  }

  async list(
    { tenantId }: { readonly tenantId: UserPrincipal['tenantId'] },
    query: PageQuery,
  ): Promise<ServiceAccountList> {
    const { serviceAccounts, declaredAccounts } = this.#deps
    const rows = await serviceAccounts.list(tenantId, toPageRequest(query))
    const { data, nextCursor } = toPage(rows, query.limit, ({ id }) => id)
    const declared = Object.entries(declaredAccounts).map(([name, { scopes, ...account }]) => ({
      name,
      ...account,
      scopes: [...scopes],
    }))
    return { data: data.map(shown), nextCursor, declared }
  }

  /** @throws `auth/scope-not-yours`, `auth/service-account-name-taken`, `auth/invalid-public-key`. */
  async create(
    { userId, tenantId, scopes: own }: Maker,
    { name, scopes, publicKey }: NewServiceAccount,
    origin: Origin = hostOrigin,
  ): Promise<CreatedServiceAccount> {
    const { serviceAccounts, clock, clientSecrets } = this.#deps
    requireOwnScopes(own, scopes)
    if (publicKey) await requirePoint(publicKey)
    const clientSecret = publicKey ? null : clientSecrets.make()
    const account: ServiceAccountRecord = {
      id: newId('svc', clock),
      tenantId,
      name,
      scopes,
      secretDigest: clientSecret && (await clientSecrets.digestOf(clientSecret)),
      publicKey: publicKey ?? null,
      createdBy: userId,
      createdAt: clock.now(),
    }
    const event = AuthEvents.serviceAccountCreated(
      tenantId,
      { serviceAccountId: account.id, userId, scopes },
      origin,
    )
    await serviceAccounts.insert(account, [event])
    return { ...shown(account), clientSecret }
  }

  /** Ends an account; its access tokens at once here, elsewhere as those of a session. @throws `auth/service-account-not-found` */
  async revoke(
    { userId, tenantId }: Maker,
    id: ServiceAccountId,
    origin: Origin = hostOrigin,
  ): Promise<void> {
    const { serviceAccounts, clock, revocations } = this.#deps
    const now = clock.now()
    const event = AuthEvents.serviceAccountRevoked(tenantId, { serviceAccountId: id, userId }, origin)
    if (!(await serviceAccounts.revoke(tenantId, id, now, [event]))) throw AuthErrors.serviceAccountNotFound()
    revocations.add(id, now)
  }

  /** Forgets accounts that ended more than 30 days ago, and numbers that are too old to be used; returns how many. */
  async purge(): Promise<number> {
    const { serviceAccounts, nonces, clock } = this.#deps
    const now = clock.now()
    return (await serviceAccounts.purge(before(now, '30d'))) + (await nonces.purge(before(now, '1h')))
  }
}

async function requirePoint(publicKey: ClientPublicKey): Promise<void> {
  try {
    await importJWK(publicKey, publicKey.kty === 'EC' ? 'ES256' : 'EdDSA')
  } catch (cause) {
    throw AuthErrors.invalidPublicKey({}, { cause })
  }
}

const shown = ({
  id,
  name,
  scopes,
  publicKey,
  createdBy,
  createdAt,
}: ServiceAccountRecord): ServiceAccount => ({
  id,
  name,
  scopes: [...scopes],
  authentication: publicKey ? 'private_key_jwt' : 'client_secret',
  createdBy,
  createdAt: createdAt.toISOString(),
})
