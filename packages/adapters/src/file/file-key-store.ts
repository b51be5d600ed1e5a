import { access, constants, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import {
  addMilliseconds,
  type Clock,
  type KeyStore,
  KeyStoreErrors,
  type Secret,
  type StoredKeys,
  systemClock,
} from '@corbel/core/ports'
import { createPrivateFile, isCode, readPrivateFile, replaceFile, writtenAt } from './private-file.ts'
import { checkSecret, openDocument, sealDocument } from './sealed-document.ts'

export interface FileKeyStoreOptions {
  /** The file. It and its folder are made when they are missing, for their owner only. */
  readonly path: string
  /** Seals the file: at least 32 bytes, random. Not a password. */
  readonly secret: Secret<string | Uint8Array>
  /** Secrets that still open the file. The next write seals it with `secret`. @default [] */
  readonly previousSecrets?: readonly Secret<string | Uint8Array>[]
  /** @default systemClock */
  readonly clock?: Clock
}

// A write takes milliseconds; a draft this old was left by a process that died.
const abandonedMs = 10_000
const pollMs = 15

/**
 * Keeps the keys in one sealed file, which processes on one machine, or on one shared volume, may use together.
 *
 * @throws TypeError when the secret is too short.
 */
export function fileKeyStore(options: FileKeyStoreOptions): KeyStore {
  const { path, secret, previousSecrets = [], clock = systemClock } = options
  const secrets = [secret, ...previousSecrets]
  for (const each of secrets) checkSecret(each)

  async function read(): Promise<StoredKeys | null> {
    const text = await readPrivateFile(path)
    return text === null ? null : openDocument(text, secrets, path)
  }

  async function expect(revision: string | null): Promise<void> {
    if (((await read())?.revision ?? null) !== revision) throw KeyStoreErrors.conflict()
  }

  /**
   * The draft's name is that of the revision which it replaces, so only one process can make it, and it holds while that
   * revision stands. Who finds it taken waits for the outcome: the revision moves on, or the draft is abandoned.
   */
  async function write(document: string, expected: string | null): Promise<StoredKeys> {
    await expect(expected)
    const draft = `${path}.${expected ?? 'first'}.draft`
    const { text, revision } = sealDocument(document, secret)
    while (!(await createPrivateFile(draft, text))) {
      const since = await writtenAt(draft)
      if (since !== null && addMilliseconds(since, abandonedMs) < clock.now())
        await rm(draft, { force: true })
      await new Promise((resolve) => setTimeout(resolve, pollMs))
      await expect(expected)
    }
    // After a stall of its own, this process may have been taken for dead and find another's draft here.
    if ((await readPrivateFile(draft)) !== text) throw KeyStoreErrors.conflict()
    try {
      // The name is free again once the revision has moved on, so holding the draft proves nothing yet.
      await expect(expected)
      await replaceFile(draft, path)
    } catch (error) {
      await rm(draft, { force: true })
      throw isCode(error, 'ENOENT') ? KeyStoreErrors.conflict() : error
    }
    return { document, revision }
  }

  return {
    adapter: { name: 'file' },
    read,
    write,
    check: async () => {
      if ((await read()) === null) await access(dirname(path), constants.W_OK)
    },
  }
}
