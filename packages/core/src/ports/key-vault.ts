import type { PortAdapter } from './adapter.ts'

/** A public Ed25519 key as JWKS shows it (RFC 8037). */
export interface PublicKey {
  readonly kid: string
  readonly kty: 'OKP'
  readonly crv: 'Ed25519'
  readonly x: string
  readonly alg: 'EdDSA'
  readonly use: 'sig'
}

export interface Signer {
  /** Names the key; goes into the header of what is signed. */
  readonly kid: string
  readonly algorithm: 'EdDSA'
  sign(data: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>
}

/** `published`: shown, not used yet. `active`: the one that signs. `retired`: replaced, still accepted. */
export interface SigningKeyStanding {
  readonly kid: string
  readonly state: 'published' | 'active' | 'retired'
  readonly createdAt: Date
  /** When another key took its place. */
  readonly retiredAt: Date | null
}

/** Replaces the signing key in steps, so that at every moment everybody accepts what is signed. Of concurrent steps one wins. */
export interface KeyRotation {
  /** Oldest first. */
  list(): Promise<readonly SigningKeyStanding[]>
  /** Makes a key and shows it. While there is one that is not in use yet it is that one, also for concurrent callers. */
  publish(): Promise<SigningKeyStanding>
  /**
   * Signs with a published key from now on; the one before is retired.
   *
   * @param publishedBefore - Since when others must have been able to know it.
   * @throws `key-store/key-not-found`, `key-store/wrong-state`, `key-store/too-early`.
   */
  activate(kid: string, publishedBefore: Date): Promise<void>
  /**
   * Removes a retired key: nothing it signed is accepted any more.
   *
   * @param retiredBefore - Since when nothing may have been signed with it; null for a key that somebody has stolen.
   * @throws `key-store/key-not-found`, `key-store/wrong-state`, `key-store/too-early`.
   */
  remove(kid: string, retiredBefore: Date | null): Promise<void>
}

/** Holds the private keys. They never leave it. */
export interface KeyVault extends PortAdapter {
  /** The key to sign with now. */
  signer(): Promise<Signer>
  /** Every key whose signatures are to be accepted, the signing key among them. */
  publicKeys(): Promise<readonly PublicKey[]>
  /** When the public keys last changed, the same in every process. Absent where nobody knows. */
  publicKeysChangedAt?(): Promise<Date>
  /** Absent where the keys are replaced elsewhere, as in Vault. */
  readonly rotation?: KeyRotation
  /** Takes over what other processes have changed since; absent where the keys are always the newest. */
  refresh?(): Promise<void>
  /**
   * Encrypts with authentication (AES-256-GCM) and returns text that names its key. `context` is bound to it: it says what
   * and whose the value is, such as `ten_…|totp|aut_…`, so that a sealed value moved elsewhere does not open.
   */
  seal(plaintext: Uint8Array<ArrayBuffer>, context: string): Promise<string>
  /** @throws Error when the text was not sealed here, was changed, or was sealed for another context. */
  open(sealed: string, context: string): Promise<Uint8Array<ArrayBuffer>>
}
