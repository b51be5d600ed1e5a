import { KeyedDigest } from '../tokens/keyed-digest.ts'
import type { Pepper, PepperRing } from '../tokens/pepper-ring.ts'
import type { PasswordHasher } from '../ports/password-hasher.ts'
import { type Credential, unpeppered } from './credential.ts'

/**
 * Turns passwords into credentials: HMAC-SHA-256 with the pepper over the whole NFC text, then the slow hash. The slow hash
 * always sees 43 characters, so none of its length limits can cut a password short.
 */
export class Passwords {
  readonly #hasher: PasswordHasher
  readonly #newest: Pepper
  readonly #digests: ReadonlyMap<string, KeyedDigest>
  #nobody: Promise<Credential> | undefined

  constructor(hasher: PasswordHasher, ring: PepperRing) {
    this.#hasher = hasher
    this.#newest = ring[0]
    this.#digests = new Map(ring.map(({ id, secret }) => [id, new KeyedDigest(secret)]))
  }

  async hash(password: string): Promise<Credential> {
    const pepperId = this.#newest.id
    return { passwordHash: await this.#hasher.hash(await this.#peppered(password, pepperId)), pepperId }
  }

  /**
   * Whether the password is the one of the credential. Without a credential, or with one whose pepper is gone, it does the same
   * work against a hash that nobody knows the password of, and says false.
   */
  async verify(password: string, credential: Credential | null): Promise<boolean> {
    const isKnown =
      credential !== null && (credential.pepperId === unpeppered || this.#digests.has(credential.pepperId))
    const { passwordHash, pepperId } = isKnown ? credential : await this.prepare()
    return (await this.#hasher.verify(await this.#peppered(password, pepperId), passwordHash)) && isKnown
  }

  /** Whether the credential should be made anew from a password that has just been verified. */
  isStale({ passwordHash, pepperId }: Credential): boolean {
    return pepperId !== this.#newest.id || this.#hasher.needsRehash(passwordHash)
  }

  /** Makes nobody's hash, so that the first unknown account takes no longer than the next. */
  prepare(): Promise<Credential> {
    this.#nobody ??= this.hash(crypto.randomUUID())
    return this.#nobody
  }

  async #peppered(password: string, pepperId: string): Promise<string> {
    if (pepperId === unpeppered) return password
    const digest = this.#digests.get(pepperId)
    if (!digest) throw new Error(`There is no password pepper with the id "${pepperId}".`)
    return digest.of('password', password.normalize('NFC'))
  }
}
