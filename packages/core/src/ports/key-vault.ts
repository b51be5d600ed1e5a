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

/** Holds the private keys. They never leave it. */
export interface KeyVault extends PortAdapter {
  /** The key to sign with now. */
  signer(): Promise<Signer>
  /** Every key whose signatures are to be accepted, the signing key among them. */
  publicKeys(): Promise<readonly PublicKey[]>
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
