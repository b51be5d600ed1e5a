import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Evidence } from '../evidence/evidence.ts'
import { faultsOf, readVerifyingKey, type Signed, signatureText } from '../evidence/signature.ts'
import { CliError } from '../run/cli-error.ts'
import type { Action } from '../run/command.ts'

export type VerifyFlags = { readonly key: string }

/** Whether a folder of evidence is what the holder of the key signed, and says that every check passed. Needs no network. */
export const action: Action<VerifyFlags, [string]> = async ({ resolve }, flags, path) => {
  const key = readVerifyingKey(resolve(flags.key))
  const folder = resolve(path)
  const texts = Object.fromEntries(
    ['evidence.json', 'evidence.md'].map((name) => [name, textOf(folder, name)]),
  )
  const faults = faultsOf(texts, signedIn(folder), key)
  if (faults.length > 0) throw refused(folder, faults)
  const evidence = JSON.parse(texts['evidence.json'] ?? '') as Evidence
  if (!evidence.passed) throw refused(folder, ['it is signed, and says that a check failed'])
  return {
    data: { folder, evidence },
    text: `Signed by this key, unchanged, and every one of ${evidence.checks.length} checks passed.`,
  }
}

function textOf(folder: string, name: string): string {
  try {
    return readFileSync(join(folder, name), 'utf8')
  } catch {
    throw refused(folder, [`${name} cannot be read`])
  }
}

function signedIn(folder: string): Signed {
  const text = textOf(folder, 'signature.json')
  try {
    const signed = JSON.parse(text) as Partial<Signed>
    const { schema, algorithm, files, signature } = signed
    if (
      schema === 'corbel.signature/v1' &&
      algorithm === 'Ed25519' &&
      files &&
      typeof signature === 'string' &&
      text === signatureText({ schema, algorithm, files, signature })
    )
      return { schema, algorithm, files, signature }
  } catch {
    // Told below.
  }
  throw refused(folder, ['signature.json is none'])
}

const refused = (folder: string, faults: readonly string[]): CliError =>
  new CliError('conflict', {
    code: 'release/not-proven',
    message: `${folder} proves nothing.`,
    why: faults.join(', '),
    fix: 'Get it again from whoever made it, with the key that they publish.',
    data: { faults },
  })
