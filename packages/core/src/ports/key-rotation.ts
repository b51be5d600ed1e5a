import type { Clock } from '../kernel/clock.ts'
import { DomainError } from '../kernel/errors.ts'
import { createSigningKey, type KeyDocument, parseKeyDocument, type SigningKey } from './key-document.ts'
import { type KeyStore, KeyStoreErrors } from './key-store.ts'
import type { KeyRotation, SigningKeyStanding } from './key-vault.ts'

export interface StoredKeyRotationOptions {
  readonly store: KeyStore
  readonly clock: Clock
  /** Called after the keys were changed. */
  readonly changed: () => Promise<void>
}

/** Rotates the signing keys of a store. Each step is one conditional write, repeated on what another process has written. */
export function storedKeyRotation({ store, clock, changed }: StoredKeyRotationOptions): KeyRotation {
  async function read() {
    const stored = await store.read()
    if (stored === null) throw new Error('The key store is empty. Start the host once, or restore a backup.')
    return { document: parseKeyDocument(stored.document), revision: stored.revision }
  }

  /** @param edit - The new keys, or null to leave them as they are. */
  async function change(
    edit: (document: KeyDocument) => Promise<readonly SigningKey[] | null>,
  ): Promise<void> {
    const { document, revision } = await read()
    const signing = await edit(document)
    if (signing === null) return
    try {
      const changedAt = clock.now().toISOString()
      await store.write(JSON.stringify({ ...document, changedAt, signing }), revision)
    } catch (error) {
      if (error instanceof DomainError && error.code === KeyStoreErrors.conflict.code) return change(edit)
      throw error
    }
    await changed()
  }

  return {
    list: async () => (await read()).document.signing.map(standingOf),
    publish: async () => {
      await change(async ({ signing }) =>
        signing.some(isPublished) ? null : [...signing, await createSigningKey(clock)],
      )
      const published = (await read()).document.signing.find(isPublished)
      if (!published) throw KeyStoreErrors.wrongState({ detail: 'The key was activated in the meantime.' })
      return standingOf(published)
    },
    activate: (kid, publishedBefore) =>
      change(async ({ signing }) => {
        const key = keyOf(signing, kid)
        if (key.state === 'active') return null
        if (key.state !== 'published') throw KeyStoreErrors.wrongState()
        requireBefore(key.createdAt, publishedBefore, 'published')
        const retiredAt = clock.now().toISOString()
        return signing.map((other) => {
          if (other.kid === kid) return { ...other, state: 'active' }
          return other.state === 'active' ? { ...other, state: 'retired', retiredAt } : other
        })
      }),
    remove: (kid, retiredBefore) =>
      change(async ({ signing }) => {
        const key = keyOf(signing, kid)
        if (key.state === 'active') throw KeyStoreErrors.wrongState()
        if (retiredBefore) requireBefore(key.retiredAt ?? key.createdAt, retiredBefore, 'replaced')
        return signing.filter((other) => other.kid !== kid)
      }),
  }
}

const isPublished = ({ state }: SigningKey): boolean => state === 'published'

function keyOf(signing: readonly SigningKey[], kid: string): SigningKey {
  const key = signing.find((one) => one.kid === kid)
  if (!key) throw KeyStoreErrors.keyNotFound()
  return key
}

function requireBefore(since: string, limit: Date, what: string): void {
  const wait = Date.parse(since) - limit.getTime()
  if (wait > 0)
    throw KeyStoreErrors.tooEarly({
      detail: `It was ${what} at ${since}; this step can be done in ${Math.ceil(wait / 1000)} s.`,
    })
}

const standingOf = ({ kid, state, createdAt, retiredAt }: SigningKey): SigningKeyStanding => ({
  kid,
  state,
  createdAt: new Date(createdAt),
  retiredAt: retiredAt === undefined ? null : new Date(retiredAt),
})
