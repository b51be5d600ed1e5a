import type { DomainEvent, Id } from '@corbel/core/ports'
import type { MfaPolicy } from '../factors/mfa-policy.ts'

export interface MfaPolicyRepository {
  /** `optional` for a tenant that has never set one. */
  find(tenantId: Id<'ten'>): Promise<MfaPolicy>
  /** Sets the policy and records the events, in one statement. */
  put(tenantId: Id<'ten'>, policy: MfaPolicy, events: readonly DomainEvent[]): Promise<void>
}
