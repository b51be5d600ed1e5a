import { ipBucket, milliseconds } from '@corbel/core'
import type { RateLimiter } from '@corbel/core/ports'
import { AuthErrors } from '../auth-errors.ts'
import type { KeyedDigest } from '../tokens/keyed-digest.ts'
import { domainOf } from './email-domain.ts'

/** Per day; 0 means any number. */
export interface SignUpLimits {
  readonly perIp: number
  readonly perEmail: number
  readonly perDomain: number
}

export interface SignUpQuotasDeps {
  readonly rateLimiter: RateLimiter
  /** Names addresses without telling them. */
  readonly digest: KeyedDigest
  readonly limits: SignUpLimits
}

const windowMs = milliseconds('1d')

/** How often one may try to get in. What an address has, an account or none, makes no difference. */
export class SignUpQuotas {
  readonly #deps: SignUpQuotasDeps

  constructor(deps: SignUpQuotasDeps) {
    this.#deps = deps
  }

  /** Counts an attempt against the caller. @throws `auth/too-many-sign-ups` */
  async takeOfCaller(ip: string | null): Promise<void> {
    if (ip !== null) await this.#take('ip', ipBucket(ip), this.#deps.limits.perIp)
  }

  /**
   * Counts an attempt against the address and its domain.
   *
   * @param purpose - Those who only ask to be let in do not use up the registrations of an address.
   * @throws `auth/too-many-sign-ups`
   */
  async takeOfAddress(email: string, purpose: 'register' | 'request'): Promise<void> {
    const { perEmail, perDomain } = this.#deps.limits
    await this.#take(`${purpose}:email`, email, perEmail)
    await this.#take(`${purpose}:domain`, domainOf(email), perDomain)
  }

  async #take(of: string, name: string, limit: number): Promise<void> {
    const { rateLimiter, digest } = this.#deps
    if (limit === 0) return
    const key = await digest.of('sign-up-quota', name)
    const { allowed, retryAfterMs } = await rateLimiter.take(`sign-up:${of}:${key}`, { limit, windowMs })
    if (!allowed) throw AuthErrors.tooManySignUps({ retryAfter: retryAfterMs / 1000 })
  }
}
