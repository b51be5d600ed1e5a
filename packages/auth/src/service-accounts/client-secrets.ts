import { base64url } from 'jose'
import { KeyedDigest } from '../tokens/keyed-digest.ts'

/** Makes the secrets of OAuth clients, of 256 bits, and the digests under which they are stored. */
export class ClientSecrets {
  readonly #digest: KeyedDigest

  constructor(pepper: string) {
    this.#digest = new KeyedDigest(pepper)
  }

  make(): string {
    return `crs_${base64url.encode(crypto.getRandomValues(new Uint8Array(32)))}`
  }

  digestOf(secret: string): Promise<string> {
    return this.#digest.of('client-secret', secret)
  }

  /** Whether a secret has this digest. Who does not know the pepper cannot steer the digest, so how it is compared tells nothing. */
  async matches(secret: string, digest: string): Promise<boolean> {
    return (await this.digestOf(secret)) === digest
  }
}
