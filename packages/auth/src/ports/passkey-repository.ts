import type { DomainEvent } from '@corbel/core/ports'
import type { FactorId } from '../factors/factor-id.ts'
import type { UserId } from '../users/user.ts'

/** A WebAuthn credential of a user: a factor that has a public key in place of a secret. */
export interface PasskeyRecord {
  readonly id: FactorId
  readonly userId: UserId
  readonly label: string | null
  /** As the authenticator names it, in base64url. No two users have the same. */
  readonly credentialId: string
  /** COSE_Key (RFC 9052 §7) in base64url. */
  readonly publicKey: string
  /** Of signatures, as last seen; stays 0 with an authenticator that does not count. */
  readonly counter: number
  readonly transports: readonly string[]
  /** Whether the authenticator may copy it to other devices. Never changes. */
  readonly backupEligible: boolean
  readonly backedUp: boolean
  readonly createdAt: Date
  readonly lastUsedAt: Date | null
}

/** What one signature of a passkey says of it. */
export interface PasskeyUse {
  readonly passkey: Pick<PasskeyRecord, 'userId' | 'id'>
  readonly counter: number
  readonly backedUp: boolean
  /** What was signed: used up by this call, whatever comes of it. */
  readonly challenge: { readonly digest: string; readonly expiresAt: Date }
  readonly now: Date
}

/**
 * `replayed`: the challenge was used before. `refused`: there is no such passkey, or its counter is not greater than the one that
 * was seen last, so that a copy of its key may be in use (WebAuthn Level 3 §6.1.1).
 */
export type PasskeyClaim = 'claimed' | 'replayed' | 'refused'

export interface PasskeyRepository {
  /**
   * Stores a passkey as a confirmed factor of its user and records the events, in one statement. Of concurrent callers with one
   * credential id, one succeeds.
   *
   * @throws `auth/passkey-taken` when the credential id is known.
   */
  insert(passkey: Omit<PasskeyRecord, 'lastUsedAt'>, events: readonly DomainEvent[]): Promise<void>
  /** The passkey with this credential id, of whatever user. */
  find(credentialId: string): Promise<PasskeyRecord | null>
  /** Those of a user in the order of their ids. One that was removed as a factor is gone. */
  list(userId: UserId): Promise<readonly PasskeyRecord[]>
  /**
   * Uses up the challenge and moves the counter on, in one statement. Of concurrent callers with one challenge one gets `claimed`,
   * and of those with one counter that is not 0.
   */
  claim(use: PasskeyUse): Promise<PasskeyClaim>
}
