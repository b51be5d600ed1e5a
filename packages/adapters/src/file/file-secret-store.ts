import { randomUUID } from 'node:crypto'
import {
  checkSecretName,
  checkSecretValue,
  Secret,
  type SecretStore,
  SecretStoreErrors,
  type StoredSecret,
} from '@corbel/core/ports'
import type { DocumentKind } from './sealed-document.ts'
import { sealedFile, type SealedFileOptions } from './sealed-file.ts'

export type FileSecretStoreOptions = SealedFileOptions

const secrets: DocumentKind = {
  format: 'corbel-secrets',
  derivation: 'corbel/file-secret-store/v1',
  owner: 'secret store',
  loss: 'every secret in it must be issued anew',
}

interface Entry {
  readonly value: string
  readonly version: string
}

/** By name. A map: no name may reach a prototype. */
type Entries = ReadonlyMap<string, Entry>

/**
 * Keeps secrets in one sealed file, which processes on one machine, or on one shared volume, may use together. Each write
 * seals the whole file anew: for some hundreds of secrets, not for one per customer.
 *
 * @throws TypeError when the secret is too short.
 */
export function fileSecretStore(options: FileSecretStoreOptions): SecretStore {
  const file = sealedFile(secrets, options)

  async function read(): Promise<{ readonly entries: Entries; readonly revision: string | null }> {
    const opened = await file.read()
    if (opened === null) return { entries: new Map(), revision: null }
    return { entries: new Map(JSON.parse(opened.document) as [string, Entry][]), revision: opened.revision }
  }

  return {
    adapter: { name: 'file' },
    writable: true,
    get: async (name) => {
      checkSecretName(name)
      const entry = (await read()).entries.get(name)
      return entry ? stored(entry) : null
    },
    put: async (name, value, expected) => {
      checkSecretName(name)
      checkSecretValue(value)
      const entry = { value: value.reveal(), version: randomUUID() }
      // The file moves on with every name; only this name's own version is a conflict. Each turn, one writer wins.
      for (;;) {
        const { entries, revision } = await read()
        if ((entries.get(name)?.version ?? null) !== expected) throw SecretStoreErrors.conflict()
        const document = JSON.stringify([...new Map(entries).set(name, entry)])
        if ((await file.write(document, revision)) !== null) return stored(entry)
      }
    },
    list: async (prefix) =>
      [...(await read()).entries.keys()].filter((name) => name.startsWith(prefix)).toSorted(),
    check: file.check,
  }
}

const stored = ({ value, version }: Entry): StoredSecret => ({ value: new Secret(value), version })
