import type { EventRecorder } from '@corbel/core/ports'
import type { AuthTables } from './auth-tables.memory.ts'
import type { RecoveryCodeRepository } from './recovery-code-repository.ts'

export const memoryRecoveryCodeRepository = (
  { recoveryCodes }: Pick<AuthTables, 'recoveryCodes'>,
  recorder: EventRecorder,
): RecoveryCodeRepository => ({
  async replace(userId, digests, events) {
    recoveryCodes.set(userId, new Set(digests))
    await recorder.record(...events)
  },

  count: async (userId) => recoveryCodes.get(userId)?.size ?? 0,

  async redeem(userId, digests, events) {
    const codes = recoveryCodes.get(userId)
    const found = digests.find((digest) => codes?.has(digest))
    if (!codes || found === undefined) return false
    recoveryCodes.set(userId, new Set([...codes].filter((digest) => digest !== found)))
    await recorder.record(...events)
    return true
  },
})
