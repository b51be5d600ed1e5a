import { access, constants, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { addMilliseconds, type Clock, type Secret, systemClock } from '@corbel/core/ports'
import { createPrivateFile, isCode, readPrivateFile, replaceFile, writtenAt } from './private-file.ts'
import {
  checkSecret,
  type DocumentKind,
  openDocument,
  type OpenedDocument,
  sealDocument,
} from './sealed-document.ts'

export interface SealedFileOptions {
  /** The file. It and its folder are made when they are missing, for their owner only. */
  readonly path: string
  /** Seals the file: at least 32 bytes, random. Not a password. */
  readonly secret: Secret<string | Uint8Array>
  /** Secrets that still open the file. The next write seals it with `secret`. @default [] */
  readonly previousSecrets?: readonly Secret<string | Uint8Array>[]
  /** @default systemClock */
  readonly clock?: Clock
}

/** One sealed document in a file, which processes on one machine, or on one shared volume, may use together. */
export interface SealedFile {
  /** Null when there is none. Rejects when what is there cannot be opened. */
  read(): Promise<OpenedDocument | null>
  /** Replaces the document if its revision is still `expected` (null: if there is none); null, and no effect, when it has moved on. */
  write(document: string, expected: string | null): Promise<OpenedDocument | null>
  check(): Promise<void>
}

// A write takes milliseconds; a draft this old was left by a process that died.
const abandonedMs = 10_000
const pollMs = 15

/** @throws TypeError when the secret is too short. */
export function sealedFile(kind: DocumentKind, options: SealedFileOptions): SealedFile {
  const { path, secret, previousSecrets = [], clock = systemClock } = options
  const secrets = [secret, ...previousSecrets]
  for (const each of secrets) checkSecret(kind, each)

  async function read(): Promise<OpenedDocument | null> {
    const text = await readPrivateFile(path)
    return text === null ? null : openDocument(kind, text, secrets, path)
  }

  const stands = async (revision: string | null): Promise<boolean> =>
    ((await read())?.revision ?? null) === revision

  /**
   * The draft's name is that of the revision which it replaces, so only one process can make it, and it holds while that
   * revision stands. Who finds it taken waits for the outcome: the revision moves on, or the draft is abandoned.
   */
  async function write(document: string, expected: string | null): Promise<OpenedDocument | null> {
    if (!(await stands(expected))) return null
    const draft = `${path}.${expected ?? 'first'}.draft`
    const { text, revision } = sealDocument(kind, document, secret)
    while (!(await createPrivateFile(draft, text))) {
      const since = await writtenAt(draft)
      if (since !== null && addMilliseconds(since, abandonedMs) < clock.now())
        await rm(draft, { force: true })
      await new Promise((resolve) => setTimeout(resolve, pollMs))
      if (!(await stands(expected))) return null
    }
    // After a stall of its own, this process may have been taken for dead and find another's draft here.
    if ((await readPrivateFile(draft)) !== text) return null
    try {
      // The name is free again once the revision has moved on, so holding the draft proves nothing yet.
      if (await stands(expected)) {
        await replaceFile(draft, path)
        return { document, revision }
      }
    } catch (error) {
      if (!isCode(error, 'ENOENT')) {
        await rm(draft, { force: true })
        throw error
      }
    }
    await rm(draft, { force: true })
    return null
  }

  return {
    read,
    write,
    check: async () => {
      if ((await read()) === null) await access(dirname(path), constants.W_OK)
    },
  }
}
