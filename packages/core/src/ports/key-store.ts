import { defineErrors } from '../kernel/errors.ts'
import type { PortAdapter } from './adapter.ts'

export const KeyStoreErrors = defineErrors('key-store', {
  conflict: {
    status: 409,
    title: 'The keys were changed by somebody else.',
    fix: 'Read the keys again and repeat the change.',
  },
  keyNotFound: {
    status: 404,
    title: 'There is no such signing key.',
    fix: 'List the keys and name one of them.',
  },
  wrongState: {
    status: 409,
    title: 'The signing key is not in the state that this step begins with.',
    fix: 'Publish a key, activate a published one, retire one that another has replaced.',
  },
  tooEarly: {
    status: 409,
    title: 'Others would still refuse the new key, or still hold tokens of the old one.',
    fix: 'Wait for the time in the detail, then repeat the step.',
  },
})

export interface StoredKeys {
  /** Opaque; changes with every write. */
  readonly revision: string
  /** The key document as the vault wrote it. */
  readonly document: string
}

/** Keeps one document of private keys, sealed at rest. */
export interface KeyStore extends PortAdapter {
  /** Null when nothing was ever written. Rejects when what is there cannot be opened: it is never overwritten. */
  read(): Promise<StoredKeys | null>
  /**
   * Replaces the document if its revision is still `expected` (null: if there is none); of concurrent callers one wins.
   *
   * @throws `key-store/conflict` when the revision has moved on.
   */
  write(document: string, expected: string | null): Promise<StoredKeys>
}
