import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import type {
  AuthenticationOptions,
  AuthenticationResponse,
  RegistrationOptions,
  RegistrationResponse,
} from '@corbel/auth'

const sha256 = (data: string | Buffer): Buffer => createHash('sha256').update(data).digest()
const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex')

// WebAuthn Level 3 §6.1: the user was there and was verified; and a credential is attached.
const [verified, attached] = [0x05, 0x40]

/** A security key of software with one passkey: what a browser and a device make of the options that a page gets. */
export class Authenticator {
  readonly #origin: string
  readonly #id = randomBytes(32)
  readonly #privateKey: KeyObject
  readonly #publicKey: Buffer
  #userHandle = ''
  #signatures = 0

  /** @param origin - Of the page that asks; the browser writes it into what is signed. */
  constructor(origin: string) {
    this.#origin = origin
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
    this.#privateKey = privateKey
    // RFC 9053 §7.1.1 in CBOR: {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y}.
    this.#publicKey = Buffer.concat([
      bytes('a5 0102 0326 2001 215820'),
      Buffer.from(x, 'base64url'),
      bytes('225820'),
      Buffer.from(y, 'base64url'),
    ])
  }

  /** `navigator.credentials.create()`. */
  register({ rp, user, challenge }: RegistrationOptions): RegistrationResponse {
    this.#userHandle = user.id
    const credential = Buffer.concat([Buffer.alloc(16), bytes('0020'), this.#id, this.#publicKey])
    const data = Buffer.concat([this.#authenticatorData(rp.id, verified | attached), credential])
    // {"fmt": "none", "attStmt": {}, "authData": data}
    const attestation = Buffer.concat([
      bytes('a3'),
      cborText('fmt'),
      cborText('none'),
      cborText('attStmt'),
      bytes('a0'),
      cborText('authData'),
      Buffer.from([0x58, data.length]),
      data,
    ])
    return this.#answer({
      clientDataJSON: this.#clientData('webauthn.create', challenge).toString('base64url'),
      attestationObject: attestation.toString('base64url'),
    })
  }

  /** `navigator.credentials.get()`. */
  sign({ rpId, challenge }: AuthenticationOptions): AuthenticationResponse {
    this.#signatures++
    const data = this.#authenticatorData(rpId, verified)
    const clientData = this.#clientData('webauthn.get', challenge)
    const signature = sign('sha256', Buffer.concat([data, sha256(clientData)]), this.#privateKey)
    return this.#answer({
      clientDataJSON: clientData.toString('base64url'),
      authenticatorData: data.toString('base64url'),
      signature: signature.toString('base64url'),
      userHandle: this.#userHandle,
    })
  }

  #answer<Response>(response: Response) {
    const id = this.#id.toString('base64url')
    return { id, rawId: id, type: 'public-key' as const, response }
  }

  #authenticatorData(rpId: string, flags: number): Buffer {
    const count = Buffer.alloc(4)
    count.writeUInt32BE(this.#signatures)
    return Buffer.concat([sha256(rpId), Buffer.from([flags]), count])
  }

  #clientData(type: string, challenge: string): Buffer {
    return Buffer.from(JSON.stringify({ type, challenge, origin: this.#origin, crossOrigin: false }))
  }
}

/** RFC 8949 §3: a text of less than 24 characters. */
const cborText = (text: string): Buffer =>
  Buffer.concat([Buffer.from([0x60 | text.length]), Buffer.from(text)])
