import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { CliError } from '../run/cli-error.ts'

export interface Signed {
  readonly schema: 'corbel.signature/v1'
  readonly algorithm: 'Ed25519'
  /** SHA-256 by name of the file. */
  readonly files: Readonly<Record<string, string>>
  readonly signature: string
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** What is signed: each file by name and digest, so that none can be changed, added or exchanged for another. */
const statement = (files: Readonly<Record<string, string>>): Buffer =>
  Buffer.from(
    [
      'corbel.signature/v1',
      ...Object.entries(files)
        .map(([name, digest]) => `${digest}  ${name}`)
        .toSorted(),
    ].join('\n'),
  )

/** @param texts - By name of the file. */
export function signTexts(texts: Readonly<Record<string, string>>, key: KeyObject): Signed {
  const files = Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, sha256(text)]))
  return {
    schema: 'corbel.signature/v1',
    algorithm: 'Ed25519',
    files,
    signature: sign(null, statement(files), key).toString('base64'),
  }
}

export const signatureText = ({ schema, algorithm, files, signature }: Signed): string =>
  `${JSON.stringify({ schema, algorithm, files, signature }, null, 2)}\n`

/** What is wrong with texts and their signature; empty when nothing is. */
export function faultsOf(
  texts: Readonly<Record<string, string>>,
  { files, signature }: Signed,
  key: KeyObject,
): readonly string[] {
  const bytes = Buffer.from(signature, 'base64')
  // Base64 has several texts for the same bytes; one of them was written.
  if (bytes.toString('base64') !== signature || !verify(null, statement(files), key, bytes))
    return ['the signature is not one of this key']
  return Object.keys({ ...texts, ...files })
    .filter((name) => texts[name] === undefined || files[name] !== sha256(texts[name]))
    .map((name) => `${name} is not the file that was signed`)
}

/** @throws CliError */
export const readSigningKey = (path: string): KeyObject =>
  readKey(path, createPrivateKey, 'private', 'openssl genpkey -algorithm ed25519 -out evidence.key')

/** @throws CliError */
export const readVerifyingKey = (path: string): KeyObject =>
  readKey(path, createPublicKey, 'public', 'openssl pkey -in evidence.key -pubout -out evidence.pub')

function readKey(
  path: string,
  parse: (pem: string) => KeyObject,
  kind: KeyObject['type'],
  command: string,
): KeyObject {
  try {
    const key = parse(readFileSync(path, 'utf8'))
    if (key.asymmetricKeyType === 'ed25519') return key
  } catch {
    // What the parser says may quote the key.
  }
  throw new CliError('usage', {
    code: 'release/unusable-key',
    message: `${path} is no ${kind} Ed25519 key in PEM.`,
    fix: `Make one: ${command}`,
  })
}
