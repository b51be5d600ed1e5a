import type { EventRecorder } from '@corbel/core/ports'
import { defaultMfaPolicy } from '../factors/mfa-policy.ts'
import type { AuthTables } from './auth-tables.memory.ts'
import type { MfaPolicyRepository } from './mfa-policy-repository.ts'

export const memoryMfaPolicyRepository = (
  { mfaPolicies }: Pick<AuthTables, 'mfaPolicies'>,
  recorder: EventRecorder,
): MfaPolicyRepository => ({
  find: async (tenantId) => mfaPolicies.get(tenantId) ?? defaultMfaPolicy,

  async put(tenantId, policy, events) {
    mfaPolicies.set(tenantId, policy)
    await recorder.record(...events)
  },
})
