import { defineErrors } from '../kernel/errors.ts'
import type { Secret } from '../kernel/secret.ts'
import type { PortAdapter } from './adapter.ts'

export const SecretStoreErrors = defineErrors('secret-store', {
  conflict: {
    status: 409,
    title: 'The secret was changed by somebody else.',
    fix: 'Read it again and repeat the change.',
  },
  readOnly: {
    status: 409,
    title: 'This secret store cannot be written.',
    fix: 'Change the secret where the store reads it, or use a store that can be written.',
  },
  invalidName: {
    status: 422,
    title: 'The secret cannot have this name.',
    fix: 'Use lower-case letters and digits, with a single - or / in between, such as billing/stripe-key.',
  },
  invalidValue: {
    status: 422,
    title: 'The secret cannot have this value.',
    fix: 'Give 1 to 32,768 characters of well-formed Unicode without NUL; encode bytes as base64.',
  },
})

export interface StoredSecret {
  readonly value: Secret
  /** Opaque; another one after every write of this secret, and the same for all who read in between. */
  readonly version: string
}

/**
 * Keeps secrets by name. A name has 1 to 200 characters: parts of lower-case letters and digits, with a single `-` or `/` in
 * between. A value is text of 1 to 32,768 characters, or of as many bytes as the service behind the store takes, given back as it was put.
 * No error holds a value.
 *
 * @throws `secret-store/invalid-name` from `get` and `put`.
 */
export interface SecretStore extends PortAdapter {
  /** Whether `put` can succeed. */
  readonly writable: boolean
  /**
   * Why the store cannot compare and write in one step; absent when it can. Its `put` compares first and then writes: of callers at the
   * same moment several may be told that theirs is written, and the last one is.
   */
  readonly lastWriteWins?: string
  /** Null when there is none. Rejects when what is there cannot be opened: it is never overwritten. */
  get(name: string): Promise<StoredSecret | null>
  /**
   * Writes the secret if its version is still `expected` (null: if there is none). Of concurrent callers with one name one
   * wins, unless {@link lastWriteWins}; those with other names do not disturb each other.
   *
   * @throws `secret-store/conflict` when the version has moved on.
   * @throws `secret-store/read-only` when the store is not writable.
   * @throws `secret-store/invalid-value`, also for one that is longer than the service behind the store takes.
   */
  put(name: string, value: Secret, expected: string | null): Promise<StoredSecret>
  /** Names that begin with `prefix`, which may be empty or end within a part; in the order of ASCII. */
  list(prefix: string): Promise<readonly string[]>
}
