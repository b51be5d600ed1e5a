import {
  addMilliseconds,
  type Clock,
  hostOrigin,
  milliseconds,
  newId,
  type Origin,
  type Page,
  type Profile,
  toPage,
  toPageRequest,
  type Transaction,
  type UserPrincipal,
} from '@corbel/core'
import type { Meter, RateLimiter } from '@corbel/core/ports'
import type { ApiKeyForm } from '../api-keys/api-key-form.ts'
import type { ApiKeyId } from '../api-keys/api-key.ts'
import { AuthErrors } from '../auth-errors.ts'
import { AuthEvents } from '../auth-events.ts'
import { AuthMetrics } from '../auth-metrics.ts'
import type { ApiKeyRecord, ApiKeyRepository } from '../ports/api-key-repository.ts'
import type { NonceRepository } from '../ports/nonce-repository.ts'
import type { KeyedDigest } from '../tokens/keyed-digest.ts'
import type {
  AccountCredential,
  CredentialQuery,
  CredentialRequest,
  IssueCredential,
  IssuedCredential,
  IssueInBrowser,
} from './account-credential.ts'
import type { DeclaredAccount, DeclaredAccounts } from './declared-account.ts'
import type { SignedRequestVerifier, VerifiedRequest } from './signed-request-verifier.ts'

/** For each account in each tenant, counted by the shared limiter, so whatever instance answers. */
const quota = { limit: 5, windowMs: milliseconds('1m') }

export interface AccountCredentialServiceDeps {
  readonly apiKeys: ApiKeyRepository
  readonly clock: Clock
  readonly meter: Meter
  readonly profile: Profile
  readonly rateLimiter: RateLimiter
  readonly apiKeyForm: ApiKeyForm
  readonly apiKeyDigest: KeyedDigest
  readonly declaredAccounts: DeclaredAccounts
  readonly signedRequests: SignedRequestVerifier
  readonly transaction: Transaction<{ readonly apiKeys: ApiKeyRepository; readonly nonces: NonceRepository }>
}

type Administrator = Pick<UserPrincipal, 'userId' | 'tenantId' | 'operator'>

interface Grant extends CredentialRequest {
  readonly nonce: VerifiedRequest['nonce'] | null
  readonly userId: UserPrincipal['userId'] | null
  readonly reason: string | null
}

/** Credentials of the accounts that the host declares. */
export class AccountCredentialService {
  readonly #deps: AccountCredentialServiceDeps

  constructor(deps: AccountCredentialServiceDeps) {
    this.#deps = deps
  }

  /**
   * Issues a credential to a signed request, once for each request: of concurrent callers with one, one gets it. Unsigned requests are
   * taken in the profile local only.
   *
   * @throws `auth/unsigned-credential-request`, `auth/invalid-credential-request`, `auth/credential-request-used`, and what
   * {@link issueInBrowser} throws.
   */
  issue(input: IssueCredential, origin: Origin = hostOrigin): Promise<IssuedCredential> {
    return this.#counted('signed', async () => {
      const { request, nonce } = await this.#requestOf(input)
      return this.#issue({ ...request, nonce, userId: null, reason: null }, origin)
    })
  }

  /**
   * Issues a credential for the tenant of the principal; an operator may name another tenant, and alone may have global accounts.
   *
   * @throws `auth/unknown-account`, `auth/account-tenancy`, `auth/account-scopes`, `auth/account-lifetime`,
   * `auth/account-rate-limited`.
   */
  issueInBrowser(
    { userId, tenantId, operator }: Administrator,
    input: IssueInBrowser,
    origin: Origin = hostOrigin,
  ): Promise<IssuedCredential> {
    return this.#counted('browser', async () => {
      const isForeign = input.tenantId !== undefined && input.tenantId !== tenantId
      const isGlobal = this.#declared(input.account).tenancy === 'global'
      if (!operator && (isForeign || isGlobal)) throw AuthErrors.accountTenancy()
      return this.#issue({ ...input, tenantId: input.tenantId ?? tenantId, nonce: null, userId }, origin)
    })
  }

  async list(
    { tenantId }: Pick<Administrator, 'tenantId'>,
    query: CredentialQuery,
  ): Promise<Page<AccountCredential>> {
    const { apiKeys, clock } = this.#deps
    const rows = await apiKeys.list(tenantId, { ...query, of: 'accounts' }, clock.now(), toPageRequest(query))
    const { data, nextCursor } = toPage(rows, query.limit, ({ id }) => id)
    return { data: data.map(shown), nextCursor }
  }

  /** Ends a credential of this tenant at once. @throws `auth/api-key-not-found` */
  async revoke(
    {
      userId,
      tenantId,
    }: Pick<Administrator, 'tenantId'> & { readonly userId: Administrator['userId'] | null },
    id: ApiKeyId,
    reason: string,
    origin: Origin = hostOrigin,
  ): Promise<void> {
    const { apiKeys, clock } = this.#deps
    const event = AuthEvents.accountCredentialRevoked(tenantId, { keyId: id, userId, reason }, origin)
    if (!(await apiKeys.revoke(tenantId, id, { of: 'accounts' }, clock.now(), [event])))
      throw AuthErrors.apiKeyNotFound()
  }

  async #requestOf(input: IssueCredential) {
    if ('signedRequest' in input) return this.#deps.signedRequests.verify(input.signedRequest)
    if (this.#deps.profile !== 'local') throw AuthErrors.unsignedCredentialRequest()
    return { request: input, nonce: null }
  }

  async #issue({ nonce, userId, reason, ...request }: Grant, origin: Origin): Promise<IssuedCredential> {
    const { clock, apiKeyForm, apiKeyDigest, transaction } = this.#deps
    const { account, tenantId, fingerprint = null } = request
    const declared = this.#declared(account)
    const scopes = scopesOf(declared, request)
    const lifetime = lifetimeOf(declared, request)
    await this.#takeQuota(request)
    const createdAt = clock.now()
    const record: ApiKeyRecord = {
      id: newId('key', clock),
      tenantId,
      name: account,
      account,
      userId: null,
      fingerprint,
      reason,
      scopes,
      createdAt,
      expiresAt: addMilliseconds(createdAt, lifetime),
      lastUsedAt: null,
      revokedAt: null,
    }
    const token = apiKeyForm.make(record.id)
    const digest = await apiKeyDigest.of('api-key', token)
    const used = nonce && (await apiKeyDigest.of('credential-request', nonce.value))
    const event = AuthEvents.accountCredentialIssued(
      tenantId,
      {
        keyId: record.id,
        account,
        scopes: [...scopes],
        userId,
        reason,
      },
      origin,
    )
    await transaction(async ({ apiKeys, nonces }) => {
      if (used && !(await nonces.claim(used, nonce.expiresAt))) throw AuthErrors.credentialRequestUsed()
      if (!(await apiKeys.insert(record, digest, [event]))) throw AuthErrors.unknownAccount()
    })
    return { ...shown(record), token, tokenType: 'Bearer' }
  }

  #declared(name: string): DeclaredAccount {
    const { declaredAccounts } = this.#deps
    const declared = Object.hasOwn(declaredAccounts, name) ? declaredAccounts[name] : undefined
    if (!declared) throw AuthErrors.unknownAccount()
    return declared
  }

  async #takeQuota({ account, tenantId }: CredentialRequest): Promise<void> {
    const { allowed, retryAfterMs } = await this.#deps.rateLimiter.take(
      `account-credential:${tenantId}:${account}`,
      quota,
    )
    if (!allowed) throw AuthErrors.accountRateLimited({ retryAfter: retryAfterMs / 1000 })
  }

  async #counted<T>(outcome: string, work: () => Promise<T>): Promise<T> {
    const counter = this.#deps.meter.counter(AuthMetrics.credentialIssued)
    try {
      const result = await work()
      counter.add({ outcome })
      return result
    } catch (error) {
      counter.add({ outcome: 'refused' })
      throw error
    }
  }
}

function scopesOf(
  declared: DeclaredAccount,
  { scopes = [...declared.scopes] }: CredentialRequest,
): readonly string[] {
  const foreign = scopes.filter((scope) => !declared.scopes.includes(scope))
  if (foreign.length > 0)
    throw AuthErrors.accountScopes({ detail: `It is not declared with ${foreign.join(', ')}.` })
  return scopes
}

function lifetimeOf({ maxDays }: DeclaredAccount, { lifetimeMinutes }: CredentialRequest): number {
  const longest = maxDays * milliseconds('1d')
  if (lifetimeMinutes === undefined) return longest
  const lifetime = milliseconds(`${lifetimeMinutes}m`)
  if (lifetime > longest) throw AuthErrors.accountLifetime({ detail: `It is ${maxDays} days at most.` })
  return lifetime
}

const shown = (key: ApiKeyRecord): AccountCredential => ({
  jti: key.id,
  account: key.name,
  tenantId: key.tenantId,
  scopes: [...key.scopes],
  fingerprint: key.fingerprint,
  reason: key.reason,
  issuedAt: key.createdAt.toISOString(),
  expiresAt: key.expiresAt.toISOString(),
  lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
  revokedAt: key.revokedAt?.toISOString() ?? null,
})
