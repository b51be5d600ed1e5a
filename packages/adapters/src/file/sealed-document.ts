import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import type { Secret } from '@corbel/core/ports'

/** What a sealed file is for: so that none is opened as another. */
export interface DocumentKind {
  readonly format: 'corbel-keys' | 'corbel-secrets'
  /** Begins the info of the key derivation (RFC 5869 §3.2): one secret may seal files of several kinds. */
  readonly derivation: string
  /** Whose secret it is, in errors. */
  readonly owner: string
  /** What is lost when the file does not open. */
  readonly loss: string
}

/** A document as it lies in the file: a header in the clear that is authenticated too, and the AES-256-GCM ciphertext. */
interface Envelope {
  readonly format: DocumentKind['format']
  readonly version: 1
  /** Names the secret that opens the envelope without telling anything of it. */
  readonly keyId: string
  readonly revision: string
  /** Of the key derivation: each envelope has a key of its own. */
  readonly salt: string
  readonly iv: string
  readonly sealed: string
}

export interface OpenedDocument {
  readonly document: string
  readonly revision: string
}

const secretBytes = 32
const tagBytes = 16

/** @throws TypeError when the secret has fewer than 256 bits even at one byte per character. */
export function checkSecret({ owner }: DocumentKind, secret: Secret<string | Uint8Array>): void {
  if (bytesOf(secret).length >= secretBytes) return
  throw new TypeError(
    `The secret of the ${owner} is shorter than ${secretBytes} bytes. Make one with: openssl rand -base64 ${secretBytes}`,
  )
}

export function sealDocument(
  kind: DocumentKind,
  document: string,
  secret: Secret<string | Uint8Array>,
): { text: string; revision: string } {
  const salt = randomBytes(16)
  const iv = randomBytes(12)
  const header = {
    format: kind.format,
    version: 1,
    keyId: keyIdOf(kind, secret),
    revision: randomBytes(16).toString('base64url'),
    salt: salt.toString('base64url'),
    iv: iv.toString('base64url'),
  } as const
  const cipher = createCipheriv('aes-256-gcm', derive(kind, secret, salt, 'seal', 32), iv)
  cipher.setAAD(Buffer.from(JSON.stringify(header)))
  const sealed = Buffer.concat([cipher.update(document, 'utf8'), cipher.final(), cipher.getAuthTag()])
  const envelope: Envelope = { ...header, sealed: sealed.toString('base64url') }
  return { text: `${JSON.stringify(envelope, null, 2)}\n`, revision: header.revision }
}

/** @throws Error that says whether the text was changed or the secret is another. */
export function openDocument(
  kind: DocumentKind,
  text: string,
  secrets: readonly Secret<string | Uint8Array>[],
  path: string,
): OpenedDocument {
  const envelope = parse(kind, text, path)
  const secret = secrets.find((candidate) => keyIdOf(kind, candidate) === envelope.keyId)
  if (secret === undefined) {
    const given = secrets.map((candidate) => keyIdOf(kind, candidate))
    throw new Error(
      `${path} was sealed with the secret ${envelope.keyId}, and the given one is ${given.join(', ')}. ` +
        'Give the secret with which it was sealed, as the current or a previous one.',
    )
  }
  const { sealed, ...header } = envelope
  const bytes = Buffer.from(sealed, 'base64url')
  try {
    const key = derive(kind, secret, Buffer.from(header.salt, 'base64url'), 'seal', 32)
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(header.iv, 'base64url'), {
      authTagLength: tagBytes,
    })
    decipher.setAAD(Buffer.from(JSON.stringify(header)))
    decipher.setAuthTag(bytes.subarray(-tagBytes))
    const document = Buffer.concat([decipher.update(bytes.subarray(0, -tagBytes)), decipher.final()])
    return { document: document.toString('utf8'), revision: header.revision }
  } catch {
    throw damaged(kind, path)
  }
}

function parse(kind: DocumentKind, text: string, path: string): Envelope {
  let value: Partial<Record<keyof Envelope, unknown>> | null
  try {
    value = JSON.parse(text)
  } catch {
    throw damaged(kind, path)
  }
  const { format, version, keyId, revision, salt, iv, sealed } = value ?? {}
  if (format !== kind.format) throw damaged(kind, path)
  if (version !== 1)
    throw new Error(`${path} has version ${String(version)} and this release reads 1. Use a newer release.`)
  for (const part of [keyId, revision, salt, iv, sealed]) {
    if (typeof part !== 'string' || !/^[\w-]+$/.test(part)) throw damaged(kind, path)
  }
  // In the order in which they were authenticated.
  return { format, version, keyId, revision, salt, iv, sealed } as Envelope
}

const damaged = ({ loss }: DocumentKind, path: string): Error =>
  new Error(
    `${path} was cut off or changed and does not open. Restore it from a backup; without it, ${loss}.`,
  )

const keyIdOf = (kind: DocumentKind, secret: Secret<string | Uint8Array>): string =>
  derive(kind, secret, Buffer.alloc(0), 'key id', 8).toString('base64url')

function derive(
  { derivation }: DocumentKind,
  secret: Secret<string | Uint8Array>,
  salt: Buffer,
  purpose: string,
  length: number,
): Buffer {
  return Buffer.from(hkdfSync('sha256', bytesOf(secret), salt, `${derivation}/${purpose}`, length))
}

function bytesOf(secret: Secret<string | Uint8Array>): Uint8Array {
  const value = secret.reveal()
  return typeof value === 'string' ? Buffer.from(value, 'utf8') : value
}
