import type { EventRecorder } from '@corbel/core/ports'
import { AuthErrors } from '../auth-errors.ts'
import type { AuthTables, PasskeyRow } from './auth-tables.memory.ts'
import type { PasskeyRecord, PasskeyRepository } from './passkey-repository.ts'

export function memoryPasskeyRepository(
  { passkeys, factors, nonces }: Pick<AuthTables, 'passkeys' | 'factors' | 'nonces'>,
  recorder: EventRecorder,
): PasskeyRepository {
  // As with a foreign key: a passkey whose factor was removed is none.
  const recordOf = (row: PasskeyRow | undefined): PasskeyRecord | null => {
    const factor = row && factors.get(row.id)
    if (!factor) return null
    const { userId, label, createdAt, lastUsedAt } = factor
    return structuredClone({ ...row, userId, label, createdAt, lastUsedAt })
  }
  const find = (credentialId: string): PasskeyRecord | null =>
    recordOf([...passkeys.values()].find((row) => row.credentialId === credentialId && factors.has(row.id)))

  return {
    async insert({ userId, label, createdAt, ...row }, events) {
      if (find(row.credentialId)) throw AuthErrors.passkeyTaken()
      const { id } = row
      passkeys.set(id, structuredClone(row))
      const blank = { secret: null, lastUsedAt: null, lastStep: null }
      factors.set(id, { id, userId, kind: 'passkey', label, createdAt, confirmedAt: createdAt, ...blank })
      await recorder.record(...events)
    },

    find: async (credentialId) => find(credentialId),

    list: async (userId) =>
      [...passkeys.values()]
        .map(recordOf)
        .filter((passkey) => passkey?.userId === userId)
        .flatMap((passkey) => passkey ?? [])
        .toSorted((a, b) => (a.id < b.id ? -1 : 1)),

    async claim({ passkey: { userId, id }, counter, backedUp, challenge, now }) {
      if (nonces.has(challenge.digest)) return 'replayed'
      nonces.set(challenge.digest, challenge.expiresAt)
      const row = passkeys.get(id)
      const factor = factors.get(id)
      if (!row || factor?.userId !== userId) return 'refused'
      if (counter <= row.counter && (counter > 0 || row.counter > 0)) return 'refused'
      passkeys.set(id, { ...row, counter, backedUp })
      factors.set(id, { ...factor, lastUsedAt: now })
      return 'claimed'
    },
  }
}
