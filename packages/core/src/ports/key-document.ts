import * as z from 'zod'
import type { Clock } from '../kernel/clock.ts'
import { toBase64url } from '../kernel/base64url.ts'

/**
 * `published`: others may already learn the key, nothing is signed or sealed with it yet. `active`: the one in use.
 * `retired`: only still accepted and opened. So that a rotation can overlap.
 */
const state = z.enum(['published', 'active', 'retired'])
const createdAt = z.iso.datetime()
const bytes32 = z.string().regex(/^[\w-]{43}$/)

const SigningKey = z.strictObject({
  kid: bytes32,
  state,
  createdAt,
  /** When another key took its place. */
  retiredAt: z.iso.datetime().optional(),
  x: bytes32,
  d: bytes32,
})
const SealingKey = z.strictObject({ kid: z.string().regex(/^[\w-]{22}$/), state, createdAt, k: bytes32 })

const KeyDocument = z.strictObject({
  version: z.literal(1),
  /** When a signing key was last published, put in use or removed. Absent while there is only the first. */
  changedAt: z.iso.datetime().optional(),
  /** Ed25519 (RFC 8037). */
  signing: z.array(SigningKey),
  /** Roots of 256 random bits, from which the keys of each purpose are derived. */
  sealing: z.array(SealingKey),
})

export type SigningKey = z.infer<typeof SigningKey>
export type SealingKey = z.infer<typeof SealingKey>
export type KeyDocument = z.infer<typeof KeyDocument>

/** @throws Error when the text is not a key document of this version; the message quotes nothing of it. */
export function parseKeyDocument(text: string): KeyDocument {
  try {
    return KeyDocument.parse(JSON.parse(text))
  } catch {
    throw new Error(
      'The key document is not one that this version can read. Restore the key store from a backup.',
    )
  }
}

/** A signing key that nothing is signed with yet. */
export async function createSigningKey(clock: Clock): Promise<SigningKey> {
  const { d, x } = await createEd25519()
  return { kid: await thumbprint(x), state: 'published', createdAt: clock.now().toISOString(), x, d }
}

export async function createKeyDocument(clock: Clock): Promise<KeyDocument> {
  const common = { state: 'active', createdAt: clock.now().toISOString() } as const
  return {
    version: 1,
    signing: [{ ...(await createSigningKey(clock)), ...common }],
    sealing: [{ kid: toBase64url(random(16)), ...common, k: toBase64url(random(32)) }],
  }
}

/** The key thumbprint of RFC 7638 §3 over the members that RFC 8037 §2 requires, in lexical order. */
export async function thumbprint(x: string): Promise<string> {
  const members = new TextEncoder().encode(JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x }))
  return toBase64url(new Uint8Array(await crypto.subtle.digest('SHA-256', members)))
}

const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length))

async function createEd25519(): Promise<{ readonly d: string; readonly x: string }> {
  const pair = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])
  if (!('privateKey' in pair)) throw new TypeError('The runtime made no Ed25519 key pair.')
  const { d, x } = await crypto.subtle.exportKey('jwk', pair.privateKey)
  if (d === undefined || x === undefined) throw new TypeError('The runtime exported no Ed25519 key.')
  return { d, x }
}
