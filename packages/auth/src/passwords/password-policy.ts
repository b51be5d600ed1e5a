import { AuthErrors } from '../auth-errors.ts'
import type { BreachCheck } from '../ports/breach-check.ts'
import { contextWords, isBlocklisted } from './password-blocklist.ts'

// NIST SP 800-63B-4 §3.1.1.2: 15 characters where the password is the only factor, 8 where it never is.
const leastAlone = 15
const leastWithSecondFactor = 8

export interface PasswordPolicyDeps {
  readonly appName: string
  readonly breachCheck: BreachCheck | null
  /** Whether a password passes that could not be checked. */
  readonly breachCheckFailsOpen: boolean
}

export interface PasswordOwner {
  /** The address, and names of the person and their tenants. */
  readonly names: readonly (string | null)[]
  /** Whether no sign-in is complete without a second factor, whatever its user does. */
  readonly needsSecondFactor: boolean
}

/** What a new password must be. No rule about its composition, and none about its age. */
export class PasswordPolicy {
  readonly #deps: PasswordPolicyDeps

  constructor(deps: PasswordPolicyDeps) {
    this.#deps = deps
  }

  /**
   * Asks the breach check over the network, so never within a transaction.
   *
   * @throws `auth/weak-password` with the reason; `auth/breach-check-unavailable` unless the check fails open.
   */
  async check(password: string, { names, needsSecondFactor }: PasswordOwner): Promise<void> {
    const text = password.normalize('NFC')
    const least = needsSecondFactor ? leastWithSecondFactor : leastAlone
    if (Array.from(text).length < least) throw weak(`A password has at least ${least} characters here.`)
    const { appName } = this.#deps
    if (await isBlocklisted(text, contextWords([appName, ...names])))
      throw weak('It is among the first that an attacker tries: common words, runs, repetitions, or names.')
    if (await this.#isBreached(text)) throw weak('It is known from a breach of another service.')
  }

  async #isBreached(password: string): Promise<boolean> {
    const { breachCheck, breachCheckFailsOpen } = this.#deps
    try {
      return (await breachCheck?.isBreached(password)) ?? false
    } catch (cause) {
      if (breachCheckFailsOpen) return false
      throw AuthErrors.breachCheckUnavailable({ retryAfter: 5 }, { cause })
    }
  }
}

const weak = (detail: string): Error => AuthErrors.weakPassword({ detail })
