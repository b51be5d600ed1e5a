import { addMilliseconds, type Clock, milliseconds } from '@corbel/core'
import { base64url } from 'jose'
import { KeyedDigest } from '../tokens/keyed-digest.ts'

/** WebAuthn Level 3 §15.1 recommends five to ten minutes where user verification is required. */
export const challengeLifetime = milliseconds('5m')

export type ChallengePurpose = 'registration' | 'authentication'

/** A challenge of ours that has not expired. Whether it was used before, the storage knows. */
export interface OpenedChallenge {
  /** Under which its use is stored. */
  readonly digest: string
  readonly expiresAt: Date
}

// 18 random bytes (§13.4.3 asks for 16) and 6 of the time at which it expires: without a remainder in base64url.
const randomLength = 18
const headLength = 24
const form = /^[A-Za-z0-9_-]{75}$/

/**
 * Makes challenges that nothing has to be stored for until they are used: whoever asks for one writes nothing, and each says itself,
 * under a key, when it expires and what and whom it is for.
 */
export class PasskeyChallenges {
  readonly #digest: KeyedDigest
  readonly #clock: Clock

  constructor(pepper: string, clock: Clock) {
    this.#digest = new KeyedDigest(pepper)
    this.#clock = clock
  }

  /** @param subject - Who alone may answer it. */
  async issue(purpose: ChallengePurpose, subject: string): Promise<string> {
    const bytes = crypto.getRandomValues(new Uint8Array(headLength))
    const expiresAt = addMilliseconds(this.#clock.now(), challengeLifetime).getTime()
    const view = new DataView(bytes.buffer, randomLength)
    view.setUint16(0, Math.floor(expiresAt / 2 ** 32))
    view.setUint32(2, expiresAt % 2 ** 32)
    const head = base64url.encode(bytes)
    return `${head}${await this.#digest.of(...signed(purpose, subject, head))}`
  }

  /** Null when it is not of this purpose and subject, or has expired. */
  async open(challenge: string, purpose: ChallengePurpose, subject: string): Promise<OpenedChallenge | null> {
    if (!form.test(challenge)) return null
    const head = challenge.slice(0, 32)
    if (!(await this.#digest.matches(challenge.slice(32), ...signed(purpose, subject, head)))) return null
    const view = new DataView(base64url.decode(head).buffer, randomLength)
    const expiresAt = new Date(view.getUint16(0) * 2 ** 32 + view.getUint32(2))
    if (expiresAt <= this.#clock.now()) return null
    return { digest: await this.#digest.of('passkey-challenge-used', head), expiresAt }
  }
}

const signed = (purpose: ChallengePurpose, subject: string, head: string) =>
  [`passkey-${purpose}`, `${head}${subject}`] as const
