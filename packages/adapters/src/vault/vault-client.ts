import { type Clock, type Secret, Secret as SecretText, systemClock } from '@corbel/core/ports'
import { ServiceError } from '../service-error.ts'
import type { VaultAuth } from './vault-auth.ts'
import type { VaultFetch } from './tls-fetch.ts'

export interface VaultClientOptions {
  /** Such as `https://vault.example.com:8200`. */
  readonly address: string
  readonly auth: VaultAuth
  /** Of Vault Enterprise. @default none */
  readonly namespace?: string
  /** `tlsFetch` for a certificate of your own. @default the global fetch */
  readonly fetch?: VaultFetch
  /** Milliseconds for one request. @default 5000 */
  readonly timeoutMs?: number
  /** @default systemClock */
  readonly clock?: Clock
}

/** Vault refused, or did not answer. */
export class VaultError extends ServiceError {
  override readonly name = 'VaultError'
  /** What Vault says of it, to be looked at by adapters and never shown. */
  readonly reasons: readonly string[]

  constructor(
    request: string,
    status: number | null,
    reasons: readonly string[] = [],
    options?: ErrorOptions,
  ) {
    // Vault tells a sign-in with a wrong credential as a request of the wrong form.
    super({ service: 'Vault', request, status, ...(status === 400 && { failure: 'denied' }) }, options)
    this.reasons = reasons
  }
}

export interface VaultAnswer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

interface Token {
  readonly value: Secret
  readonly renewable: boolean
  /** Milliseconds since the epoch; infinite for a token that does not end. */
  readonly since: number
  readonly expiresAt: number
}

type Method = 'GET' | 'POST'

/**
 * Speaks to one Vault. It signs in at the first request, renews its token by itself after two thirds of its life, without a timer
 * and without holding up the request that finds it so, and signs in again when it has ended or was revoked.
 */
export class VaultClient {
  readonly #options: VaultClientOptions
  readonly #clock: Clock
  #token: Promise<Token> | null = null
  #renewing: Promise<void> | null = null

  constructor(options: VaultClientOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
  }

  /**
   * @param accept - Statuses that are answers and not failures, besides 200 and 204.
   * @throws VaultError
   */
  async request(
    method: Method,
    path: string,
    body?: object,
    accept: readonly number[] = [],
  ): Promise<VaultAnswer> {
    const token = await this.#currentToken()
    const answer = await this.#send(method, path, body, token.value)
    if (answer.status !== 403 || !this.#options.auth.login) return checked(method, path, answer, accept)
    // It may have been revoked, or ended before its time; a new one tells that apart from a missing permission.
    const fresh = await this.#currentToken(token)
    return checked(method, path, await this.#send(method, path, body, fresh.value), accept)
  }

  /** Answers when Vault is there, unsealed and the token is valid. @throws VaultError */
  async check(): Promise<void> {
    await this.request('GET', 'auth/token/lookup-self')
  }

  async #currentToken(refused?: Token): Promise<Token> {
    const token = await (this.#token ?? this.#signIn())
    const now = this.#clock.now().getTime()
    if (token === refused || now >= token.expiresAt) {
      // Of callers that find it so at once, one signs in.
      const present = await (this.#token ?? this.#signIn())
      return present === token ? this.#signIn() : present
    }
    const isLate = now - token.since > ((token.expiresAt - token.since) * 2) / 3
    if (isLate && token.renewable && this.#renewing === null) this.#renewing = this.#renew(token)
    return token
  }

  #signIn(): Promise<Token> {
    const token = this.#login()
    this.#token = token
    token.catch(() => {
      if (this.#token === token) this.#token = null
    })
    return token
  }

  async #login(): Promise<Token> {
    const { auth } = this.#options
    if (!auth.login)
      return { value: auth.token, renewable: false, since: 0, expiresAt: Number.POSITIVE_INFINITY }
    const { path, body } = await auth.login()
    const answer = await this.#send('POST', path, body, null)
    return this.#tokenOf(checked('POST', path, answer, []))
  }

  async #renew(token: Token): Promise<void> {
    try {
      const answer = await this.#send('POST', 'auth/token/renew-self', {}, token.value)
      if (answer.status === 200) this.#token = Promise.resolve(this.#tokenOf(answer))
    } catch {
      // The token is good for another third of its life; the next request tries again.
    } finally {
      this.#renewing = null
    }
  }

  #tokenOf({ status, body }: VaultAnswer): Token {
    const auth = body['auth'] as
      | { readonly client_token: string; readonly lease_duration: number; readonly renewable: boolean }
      | undefined
    if (!auth) throw new VaultError('a sign-in without a token', status)
    const since = this.#clock.now().getTime()
    const expiresAt =
      auth.lease_duration === 0 ? Number.POSITIVE_INFINITY : since + auth.lease_duration * 1000
    return { value: new SecretText(auth.client_token), renewable: auth.renewable, since, expiresAt }
  }

  async #send(
    method: Method,
    path: string,
    body: object | undefined,
    token: Secret | null,
  ): Promise<VaultAnswer> {
    const { address, namespace, fetch: send = globalThis.fetch, timeoutMs = 5000 } = this.#options
    const what = `${method} ${path}`
    try {
      const response = await send(new URL(`/v1/${path}`, address).href, {
        method,
        headers: {
          'x-vault-request': 'true',
          ...(token && { 'x-vault-token': token.reveal() }),
          ...(namespace !== undefined && { 'x-vault-namespace': namespace }),
          ...(body && { 'content-type': 'application/json' }),
        },
        ...(body && { body: JSON.stringify(body) }),
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      })
      const text = await response.text()
      return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as VaultAnswer['body']) }
    } catch (cause) {
      throw new VaultError(what, null, [], { cause })
    }
  }
}

function checked(method: Method, path: string, answer: VaultAnswer, accept: readonly number[]): VaultAnswer {
  const { status, body } = answer
  if (status === 200 || status === 204 || accept.includes(status)) return answer
  throw new VaultError(`${method} ${path}`, status, (body['errors'] as readonly string[] | undefined) ?? [])
}
