import { base64url } from 'jose'
import type { PasskeyRecord } from '../ports/passkey-repository.ts'
import type { User, UserId } from '../users/user.ts'
import type {
  AuthenticationOptions,
  AuthenticationResponse,
  RegistrationOptions,
  RegistrationResponse,
} from './passkey.ts'
import { challengeLifetime, type OpenedChallenge } from './passkey-challenges.ts'

// COSE: EdDSA, ES256, RS256; the last for Windows Hello (RFC 9053 §2, RFC 8812 §2).
const algorithms = [-8, -7, -257]

/** What was signed, if it is a challenge that was given for this. */
type OpenChallenge = (challenge: string) => Promise<OpenedChallenge | null>

export type NewCredential = Pick<
  PasskeyRecord,
  'credentialId' | 'publicKey' | 'counter' | 'transports' | 'backupEligible' | 'backedUp'
>

export interface Assertion {
  readonly challenge: OpenedChallenge
  readonly counter: number
  readonly backedUp: boolean
}

/** What the authenticator keeps of the user and gives back: the id, of which a stranger learns nothing (WebAuthn Level 3 §14.6.1). */
export const userHandleOf = (userId: UserId): string => base64url.encode(new TextEncoder().encode(userId))

/** The service as authenticators know it: the host of `APP_PUBLIC_URL` and nothing else. */
export class RelyingParty {
  readonly #id: string
  readonly #name: string
  readonly #origin: string

  constructor({ publicUrl, appName }: { readonly publicUrl: string; readonly appName: string }) {
    const { hostname, origin } = new URL(publicUrl)
    this.#id = hostname
    this.#origin = origin
    this.#name = appName
  }

  registrationOptions(
    { id, email, displayName }: User,
    known: readonly Pick<PasskeyRecord, 'credentialId' | 'transports'>[],
    challenge: string,
  ): RegistrationOptions {
    return {
      challenge,
      rp: { id: this.#id, name: this.#name },
      user: { id: userHandleOf(id), name: email, displayName: displayName ?? email },
      pubKeyCredParams: algorithms.map((alg) => ({ type: 'public-key', alg })),
      timeout: challengeLifetime,
      excludeCredentials: known.map(({ credentialId, transports }) => ({
        type: 'public-key',
        id: credentialId,
        transports: [...transports],
      })),
      authenticatorSelection: {
        residentKey: 'required',
        requireResidentKey: true,
        userVerification: 'required',
      },
      attestation: 'none',
    }
  }

  authenticationOptions(challenge: string): AuthenticationOptions {
    return { challenge, rpId: this.#id, timeout: challengeLifetime, userVerification: 'required' }
  }

  /** WebAuthn Level 3 §7.1, with user verification. Null when anything is wrong. */
  async verifyRegistration(
    { id, rawId, response }: RegistrationResponse,
    open: OpenChallenge,
  ): Promise<(NewCredential & { readonly challenge: OpenedChallenge }) | null> {
    const { webauthn, helpers } = await library()
    const { transports = [], ...attestation } = response
    return refusedAs(null, async () => {
      if (!isOwnStatement(helpers.decodeAttestationObject(bytesOf(response.attestationObject)))) return null
      const opened = opening(open)
      const { registrationInfo } = await webauthn.verifyRegistrationResponse({
        response: { id, rawId, response: attestation, type: 'public-key', clientExtensionResults: {} },
        expectedChallenge: opened.check,
        expectedOrigin: this.#origin,
        expectedRPID: this.#id,
        requireUserVerification: true,
        supportedAlgorithmIDs: algorithms,
      })
      const challenge = opened.challenge()
      if (!registrationInfo || !challenge || registrationInfo.credential.id !== id) return null
      return {
        challenge,
        credentialId: registrationInfo.credential.id,
        publicKey: base64url.encode(registrationInfo.credential.publicKey),
        counter: registrationInfo.credential.counter,
        transports,
        backupEligible: registrationInfo.credentialDeviceType === 'multiDevice',
        backedUp: registrationInfo.credentialBackedUp,
      }
    })
  }

  /** WebAuthn Level 3 §7.2, with user verification, but for the counter, which is compared where it is kept. */
  async verifyAssertion(
    { id, rawId, response }: AuthenticationResponse,
    passkey: Pick<PasskeyRecord, 'credentialId' | 'publicKey' | 'backupEligible'>,
    open: OpenChallenge,
  ): Promise<Assertion | null> {
    const { webauthn } = await library()
    return refusedAs(null, async () => {
      const opened = opening(open)
      const { verified, authenticationInfo } = await webauthn.verifyAuthenticationResponse({
        response: { id, rawId, response, type: 'public-key', clientExtensionResults: {} },
        expectedChallenge: opened.check,
        expectedOrigin: this.#origin,
        expectedRPID: this.#id,
        requireUserVerification: true,
        credential: { id: passkey.credentialId, publicKey: bytesOf(passkey.publicKey), counter: 0 },
      })
      const challenge = opened.challenge()
      if (!verified || !challenge || id !== passkey.credentialId) return null
      const { credentialDeviceType, credentialBackedUp: backedUp, newCounter: counter } = authenticationInfo
      if ((credentialDeviceType === 'multiDevice') !== passkey.backupEligible) return null
      return { challenge, counter, backedUp }
    })
  }
}

// Loaded with the first passkey: it brings certificates of vendors and takes half a second.
const library = async () => ({
  webauthn: await import('@simplewebauthn/server'),
  helpers: await import('@simplewebauthn/server/helpers'),
})

/**
 * No statement, or one that the passkey makes of itself. We ask for none, and to check a certificate that a stranger brought is to
 * fetch the revocation list that it names.
 */
const isOwnStatement = (attestation: {
  get(key: 'fmt'): string
  get(key: 'attStmt'): { get(key: 'x5c'): unknown }
}): boolean => {
  const format = attestation.get('fmt')
  return format === 'none' || (format === 'packed' && attestation.get('attStmt').get('x5c') === undefined)
}

/** Keeps what the library asks about. */
function opening(open: OpenChallenge) {
  let opened: OpenedChallenge | null = null
  return {
    check: async (challenge: string): Promise<boolean> => {
      opened = await open(challenge)
      return opened !== null
    },
    challenge: (): OpenedChallenge | null => opened,
  }
}

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(base64url.decode(text))

/** The library throws whatever it finds wrong in what a stranger sent. */
const refusedAs = <T>(refusal: T, verify: () => Promise<T>): Promise<T> => verify().catch(() => refusal)
