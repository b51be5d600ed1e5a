import type { EventRecorder } from '@corbel/core/ports'
import { AuthErrors } from '../auth-errors.ts'
import type { AuthTables } from './auth-tables.memory.ts'
import type { IdentityRepository } from './identity-repository.ts'

export function memoryIdentityRepository(
  { identities }: Pick<AuthTables, 'identities'>,
  recorder: EventRecorder,
): IdentityRepository {
  const find = (issuer: string, subject: string) =>
    [...identities.values()].find((row) => row.issuer === issuer && row.subject === subject)

  return {
    async insert(identity, events) {
      if (find(identity.issuer, identity.subject)) throw AuthErrors.identityTaken()
      identities.set(identity.id, structuredClone(identity))
      await recorder.record(...events)
    },

    findUser: async (issuer, subject) => find(issuer, subject)?.userId ?? null,

    list: async (userId) =>
      [...identities.values()]
        .filter((row) => row.userId === userId)
        .toSorted((a, b) => (a.id < b.id ? -1 : 1))
        .map((row) => structuredClone(row)),

    async remove(userId, id, events) {
      if (identities.get(id)?.userId !== userId) return false
      identities.delete(id)
      await recorder.record(...events)
      return true
    },
  }
}
