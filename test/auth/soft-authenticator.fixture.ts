import type { webcrypto } from 'node:crypto'
import type {
  AuthenticationOptions,
  AuthenticationResponse,
  RegistrationOptions,
  RegistrationResponse,
} from '@corbel/auth'
import { attestationCertificate } from './attestation-certificate.fixture.ts'
import { cbor, type Cbor } from './cbor.fixture.ts'
import { publicUrl } from './support.fixture.ts'

const algorithms = {
  ES256: {
    cose: -7,
    params: { name: 'ECDSA', namedCurve: 'P-256' },
    sign: { name: 'ECDSA', hash: 'SHA-256' },
  },
  EdDSA: { cose: -8, params: { name: 'Ed25519' }, sign: { name: 'Ed25519' } },
} as const

export type Algorithm = keyof typeof algorithms

/** What an authenticator, or who sits between it and us, does otherwise than it should. */
export interface Mischief {
  readonly origin?: string
  readonly rpId?: string
  readonly type?: string
  readonly challenge?: string
  readonly userVerified?: boolean
  readonly userPresent?: boolean
  readonly counter?: number
  readonly backupEligible?: boolean
  readonly userHandle?: string
  readonly crossOrigin?: boolean
  readonly topOrigin?: string
  /** Attestation format and statement. */
  readonly attestation?: readonly [string, ReadonlyMap<string, Cbor>]
  /** The id that the answer names, in place of the credential's. */
  readonly id?: string
}

const encode = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')
const decode = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(text, 'base64url'))
const concat = (...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(parts.flatMap((part) => [...part]))
const sha256 = async (data: Uint8Array<ArrayBuffer>): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', data))

// WebAuthn Level 3 §6.1.
const flag = { userPresent: 1, userVerified: 4, backupEligible: 8, attested: 64 } as const

/** One discoverable credential on a device of software, as WebAuthn Level 3 §6 describes it: real keys, CBOR and COSE. */
export class SoftAuthenticator {
  readonly #keys: webcrypto.CryptoKeyPair
  readonly #algorithm: Algorithm
  readonly credentialId = crypto.getRandomValues(new Uint8Array(32))
  #userHandle = ''
  /** Counts signatures; stays 0 when it began at it, as that of synced passkeys does. */
  counter: number

  private constructor(keys: webcrypto.CryptoKeyPair, algorithm: Algorithm, counter: number) {
    this.#keys = keys
    this.#algorithm = algorithm
    this.counter = counter
  }

  static async create(algorithm: Algorithm = 'ES256', counter = 1): Promise<SoftAuthenticator> {
    const keys = await crypto.subtle.generateKey(algorithms[algorithm].params, true, ['sign', 'verify'])
    return new SoftAuthenticator(keys as webcrypto.CryptoKeyPair, algorithm, counter)
  }

  get id(): string {
    return encode(this.credentialId)
  }

  /** `navigator.credentials.create()`. */
  async register(options: RegistrationOptions, mischief: Mischief = {}): Promise<RegistrationResponse> {
    this.#userHandle = options.user.id
    const { rpId = options.rp.id, id = this.id } = mischief
    const authData = concat(
      await this.#authenticatorData(rpId, flag.attested, mischief),
      new Uint8Array(16),
      new Uint8Array([0, this.credentialId.length]),
      this.credentialId,
      await this.#coseKey(),
    )
    const clientData = this.#clientData('webauthn.create', options.challenge, mischief)
    const [fmt, attStmt] = mischief.attestation ?? ['none', new Map()]
    const attestationObject = cbor(
      new Map<string, Cbor>([
        ['fmt', fmt],
        ['attStmt', attStmt],
        ['authData', authData],
      ]),
    )
    const response = {
      clientDataJSON: encode(clientData),
      attestationObject: encode(attestationObject),
      transports: ['internal'],
    }
    return { id, rawId: id, type: 'public-key', response }
  }

  /** A statement that the credential makes of itself (WebAuthn Level 3 §8.2), for the options at hand. */
  async selfAttestation(options: RegistrationOptions): Promise<Mischief> {
    const sig = await this.#sign(await this.#attested(options))
    const statement = new Map<string, Cbor>([
      ['alg', algorithms[this.#algorithm].cose],
      ['sig', sig],
    ])
    return { attestation: ['packed', statement] }
  }

  /** A statement that its maker makes of it, sound in itself, with a certificate that says where its revocation list lies. */
  async certifiedAttestation(options: RegistrationOptions, revocationList: string): Promise<Mischief> {
    const maker = await SoftAuthenticator.create('ES256')
    const certificate = await attestationCertificate(maker.#keys, revocationList, (data) => maker.#sign(data))
    const statement = new Map<string, Cbor>([
      ['alg', algorithms.ES256.cose],
      ['sig', await maker.#sign(await this.#attested(options))],
      ['x5c', [certificate]],
    ])
    return { attestation: ['packed', statement] }
  }

  /** What a statement is a signature of. */
  async #attested(options: RegistrationOptions): Promise<Uint8Array<ArrayBuffer>> {
    const plain = await this.register(options)
    // Without a statement the object ends with the authenticator data, of which only the count of signatures is to stay the same.
    const object = decode(plain.response.attestationObject)
    const start = Buffer.from(object).indexOf('authData') + 'authData'.length + 2
    return concat(object.slice(start), await sha256(decode(plain.response.clientDataJSON)))
  }

  /** `navigator.credentials.get()`. */
  async sign(options: AuthenticationOptions, mischief: Mischief = {}): Promise<AuthenticationResponse> {
    if (this.counter > 0) this.counter += 1
    const { rpId = options.rpId, userHandle = this.#userHandle, id = this.id } = mischief
    const authData = await this.#authenticatorData(rpId, 0, mischief)
    const clientData = this.#clientData('webauthn.get', options.challenge, mischief)
    const signature = await this.#sign(concat(authData, await sha256(clientData)))
    const response = {
      clientDataJSON: encode(clientData),
      authenticatorData: encode(authData),
      signature: encode(signature),
      userHandle,
    }
    return { id, rawId: id, type: 'public-key', response }
  }

  async #authenticatorData(rpId: string, flags: number, mischief: Mischief): Promise<Uint8Array> {
    const {
      userPresent = true,
      userVerified = true,
      backupEligible = false,
      counter = this.counter,
    } = mischief
    const all =
      flags |
      (userPresent ? flag.userPresent : 0) |
      (userVerified ? flag.userVerified : 0) |
      (backupEligible ? flag.backupEligible : 0)
    const count = new DataView(new ArrayBuffer(4))
    count.setUint32(0, counter)
    return concat(
      await sha256(new TextEncoder().encode(rpId)),
      new Uint8Array([all]),
      new Uint8Array(count.buffer),
    )
  }

  #clientData(type: string, challenge: string, mischief: Mischief): Uint8Array<ArrayBuffer> {
    const { origin = publicUrl, crossOrigin = false, topOrigin } = mischief
    const data = {
      type: mischief.type ?? type,
      challenge: mischief.challenge ?? challenge,
      origin,
      crossOrigin,
    }
    return new TextEncoder().encode(
      JSON.stringify({ ...data, ...(topOrigin !== undefined && { topOrigin }) }),
    )
  }

  /** RFC 9053 §7. */
  async #coseKey(): Promise<Uint8Array> {
    const { x = '', y } = await crypto.subtle.exportKey('jwk', this.#keys.publicKey)
    const { cose } = algorithms[this.#algorithm]
    const key =
      y === undefined
        ? [
            [1, 1],
            [3, cose],
            [-1, 6],
            [-2, decode(x)],
          ]
        : [
            [1, 2],
            [3, cose],
            [-1, 1],
            [-2, decode(x)],
            [-3, decode(y)],
          ]
    return cbor(new Map(key as [number, Cbor][]))
  }

  async #sign(data: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
    const { sign } = algorithms[this.#algorithm]
    const signature = new Uint8Array(await crypto.subtle.sign(sign, this.#keys.privateKey, data))
    return this.#algorithm === 'ES256' ? derOf(signature) : signature
  }
}

/** ECDSA signatures as ASN.1 DER (WebAuthn Level 3 §6.5.5), from the two numbers of Web Crypto. */
function derOf(signature: Uint8Array): Uint8Array {
  const integer = (bytes: Uint8Array): Uint8Array => {
    const first = bytes.findIndex((byte) => byte !== 0)
    const trimmed = bytes.slice(Math.max(0, first))
    const value = (trimmed[0] ?? 0) > 127 ? concat(new Uint8Array([0]), trimmed) : trimmed
    return concat(new Uint8Array([2, value.length]), value)
  }
  const body = concat(integer(signature.slice(0, 32)), integer(signature.slice(32)))
  return concat(new Uint8Array([0x30, body.length]), body)
}
