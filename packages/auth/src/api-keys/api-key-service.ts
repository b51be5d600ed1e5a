import {
  addMilliseconds,
  before,
  type Clock,
  hostOrigin,
  milliseconds,
  newId,
  type Origin,
  type Page,
  type PageQuery,
  type ServicePrincipal,
  toPage,
  toPageRequest,
  type UserPrincipal,
} from '@corbel/core'
import type { Logger } from '@corbel/core/ports'
import { AuthErrors } from '../auth-errors.ts'
import { AuthEvents } from '../auth-events.ts'
import { AuthPermissions } from '../auth-permissions.ts'
import type { ApiKeyRecord, ApiKeyRepository, UsableApiKey } from '../ports/api-key-repository.ts'
import type { KeyedDigest } from '../tokens/keyed-digest.ts'
import { type ScopesByRole, scopesOf } from '@corbel/core/tenant'
import type { ApiKey, ApiKeyId, IssuedApiKey, NewApiKey } from './api-key.ts'
import type { ApiKeyForm } from './api-key-form.ts'
import { requireOwnScopes } from './own-scopes.ts'

/** A use is noted at most once in this time, so that using a key does not mean writing. */
const sampled = milliseconds('1h')

export interface ApiKeyServiceDeps {
  readonly apiKeys: ApiKeyRepository
  readonly clock: Clock
  readonly logger: Logger
  readonly apiKeyForm: ApiKeyForm
  readonly apiKeyDigest: KeyedDigest
  readonly scopesByRole: ScopesByRole
}

type Maker = Pick<UserPrincipal, 'userId' | 'tenantId' | 'scopes'>

/** Keys that act for people, and the use of every key. */
export class ApiKeyService {
  readonly #deps: ApiKeyServiceDeps

  constructor(deps: ApiKeyServiceDeps) {
    this.#deps = deps
  }

  /**
   * Who presents this key: one read, none for a key that is not well formed. A key that was ended is refused at once, everywhere. Of
   * a person's key those scopes count that the person has now.
   *
   * @throws `auth/invalid-api-key`, the same for every fault.
   */
  async authenticate(key: string): Promise<ServicePrincipal> {
    const { apiKeys, clock, apiKeyForm, apiKeyDigest } = this.#deps
    const id = apiKeyForm.idOf(key)
    const usable = id && (await apiKeys.findUsable(id, await apiKeyDigest.of('api-key', key), clock.now()))
    if (!usable)
      throw AuthErrors.invalidApiKey({ headers: { 'www-authenticate': 'Bearer error="invalid_token"' } })
    this.#noteUse(id, usable)
    const { tenantId } = usable
    return { kind: 'service', subject: id, credentialId: id, tenantId, scopes: this.#scopesOf(usable) }
  }

  /** @throws `auth/scope-not-yours` */
  async create(
    { userId, tenantId, scopes: own }: Maker,
    { name, scopes, expiresInDays }: NewApiKey,
    origin: Origin = hostOrigin,
  ): Promise<IssuedApiKey> {
    const { apiKeys, clock, apiKeyForm, apiKeyDigest } = this.#deps
    requireOwnScopes(own, scopes)
    const createdAt = clock.now()
    const record: ApiKeyRecord = {
      id: newId('key', clock),
      tenantId,
      name,
      userId,
      account: null,
      fingerprint: null,
      reason: null,
      scopes,
      createdAt,
      expiresAt: addMilliseconds(createdAt, milliseconds(`${expiresInDays}d`)),
      lastUsedAt: null,
      revokedAt: null,
    }
    const key = apiKeyForm.make(record.id)
    const event = AuthEvents.apiKeyCreated(tenantId, { keyId: record.id, userId, scopes }, origin)
    await apiKeys.insert(record, await apiKeyDigest.of('api-key', key), [event])
    return { ...shown(record), key }
  }

  /** Keys that work; everybody's for whoever may see to them. */
  async list(maker: Maker, query: PageQuery): Promise<Page<ApiKey>> {
    const { apiKeys, clock } = this.#deps
    const which = { ...this.#reach(maker), status: 'active' } as const
    const rows = await apiKeys.list(maker.tenantId, which, clock.now(), toPageRequest(query))
    const { data, nextCursor } = toPage(rows, query.limit, ({ id }) => id)
    return { data: data.map(shown), nextCursor }
  }

  /** @throws `auth/api-key-not-found` */
  async revoke(maker: Maker, id: ApiKeyId, origin: Origin = hostOrigin): Promise<void> {
    const { apiKeys, clock } = this.#deps
    const { tenantId, userId } = maker
    const event = AuthEvents.apiKeyRevoked(tenantId, { keyId: id, userId }, origin)
    if (!(await apiKeys.revoke(tenantId, id, this.#reach(maker), clock.now(), [event])))
      throw AuthErrors.apiKeyNotFound()
  }

  /** Forgets keys that ended more than 30 days ago; returns how many. */
  purge(): Promise<number> {
    return this.#deps.apiKeys.purge(before(this.#deps.clock.now(), '30d'))
  }

  #reach({ userId, scopes }: Maker) {
    const everybody = scopes.has(AuthPermissions.manageAllApiKeys.scope)
    return { of: 'people', ...(!everybody && { userId }) } as const
  }

  #scopesOf({ scopes, grant }: UsableApiKey): ReadonlySet<string> {
    if (grant === null) return new Set(scopes)
    const allowed = scopesOf(this.#deps.scopesByRole, grant)
    return new Set(scopes.filter((scope) => allowed.includes(scope)))
  }

  /** Nobody waits for it, and what is lost of it is a time that is up to an hour off. */
  #noteUse(id: ApiKeyId, { tenantId, lastUsedAt }: UsableApiKey): void {
    const { apiKeys, clock, logger } = this.#deps
    const now = clock.now()
    if (lastUsedAt && now.getTime() - lastUsedAt.getTime() < sampled) return
    apiKeys
      .touch(tenantId, id, now)
      .catch((error: unknown) => logger.warn('the use of an API key could not be noted', { error }))
  }
}

const shown = ({ id, name, userId, scopes, createdAt, expiresAt, lastUsedAt }: ApiKeyRecord): ApiKey => ({
  id,
  name,
  userId,
  scopes: [...scopes],
  createdAt: createdAt.toISOString(),
  expiresAt: expiresAt.toISOString(),
  lastUsedAt: lastUsedAt?.toISOString() ?? null,
})
