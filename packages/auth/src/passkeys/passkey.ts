import { idSchema, text } from '@corbel/core'
import * as z from 'zod'
import { Tokens } from '../sessions/session.ts'

/** What an authenticator answers, in the size that answers have: keys, signatures and client data are far below it. */
const binary = z.base64url().min(1).max(16_384)

// WebAuthn §5.8.3: a transport is any text, of which an unknown one is to be ignored.
const transports = z.array(z.string().max(32)).max(16)

// What browsers add to these objects with the next level of WebAuthn must not end all sign-ins, so unknown members are ignored.
const credential = z.object({
  id: binary,
  rawId: binary,
  type: z.literal('public-key'),
})

/** `PublicKeyCredential.toJSON()` of `navigator.credentials.create()` (WebAuthn Level 3 §5.1.3). */
export const RegistrationResponse = credential.extend({
  response: z.object({
    clientDataJSON: binary,
    attestationObject: binary,
    transports: transports.optional(),
  }),
})
export type RegistrationResponse = z.infer<typeof RegistrationResponse>

/** `PublicKeyCredential.toJSON()` of `navigator.credentials.get()` (WebAuthn Level 3 §5.1.3). */
export const AuthenticationResponse = credential.extend({
  response: z.object({
    clientDataJSON: binary,
    authenticatorData: binary,
    signature: binary,
    /** Present, as the passkey is discoverable. */
    userHandle: binary,
  }),
})
export type AuthenticationResponse = z.infer<typeof AuthenticationResponse>

/** For `PublicKeyCredential.parseCreationOptionsFromJSON()`. */
export const RegistrationOptions = z.object({
  challenge: z.string(),
  rp: z.object({ id: z.string(), name: z.string() }),
  user: z.object({ id: z.string(), name: z.string(), displayName: z.string() }),
  pubKeyCredParams: z.array(z.object({ type: z.literal('public-key'), alg: z.int() })),
  /** Milliseconds. */
  timeout: z.int(),
  excludeCredentials: z.array(
    z.object({ type: z.literal('public-key'), id: z.string(), transports: z.array(z.string()) }),
  ),
  authenticatorSelection: z.object({
    residentKey: z.literal('required'),
    requireResidentKey: z.literal(true),
    userVerification: z.literal('required'),
  }),
  attestation: z.literal('none'),
})
export type RegistrationOptions = z.infer<typeof RegistrationOptions>

/** For `PublicKeyCredential.parseRequestOptionsFromJSON()`. */
export const AuthenticationOptions = z.object({
  challenge: z.string(),
  rpId: z.string(),
  /** Milliseconds. */
  timeout: z.int(),
  userVerification: z.literal('required'),
})
export type AuthenticationOptions = z.infer<typeof AuthenticationOptions>

export const RegisterPasskey = z.strictObject({
  response: RegistrationResponse,
  /** What the user calls it. */
  label: text({ max: 64 }).optional(),
})
export type RegisterPasskey = z.infer<typeof RegisterPasskey>

export const PasskeySignIn = z.strictObject({
  response: AuthenticationResponse,
  /** The tenant to sign in to. Without it: the one joined first. */
  tenantId: idSchema('ten').optional(),
})
export type PasskeySignIn = z.infer<typeof PasskeySignIn>

export const Passkey = z.object({
  id: idSchema('aut'),
  label: z.string().nullable(),
  /** Whether it is kept on more than one device. */
  synced: z.boolean(),
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable(),
})
export type Passkey = z.infer<typeof Passkey>

export const PasskeyList = z.object({ data: z.array(Passkey) })

export const RegisteredPasskey = z.object({
  passkey: Passkey,
  /** Shown once, and only with the first factor; empty otherwise. */
  recoveryCodes: z.array(z.string()),
  /** In place of those of the session, which is one of two factors now. */
  tokens: Tokens,
})
export type RegisteredPasskey = z.infer<typeof RegisteredPasskey>
