import type { Id } from '@corbel/core/ports'
import type { SsoConnectionId } from '../sso/connection-id.ts'
import type { UserId } from '../users/user.ts'

/** A sign-in that a browser has begun and whose answer is awaited. */
export interface SsoState {
  /** Digest of the state that goes through the provider. */
  readonly digest: string
  /** Digest of the secret that stays in the browser. */
  readonly browser: string
  readonly connectionId: SsoConnectionId
  /** The tenant to sign in to; null for the one joined first. */
  readonly tenantId: Id<'ten'> | null
  /** Who wants to link the identity; null when somebody signs in. */
  readonly userId: UserId | null
  /** Sealed. */
  readonly memo: string
  readonly expiresAt: Date
}

export interface SsoStateRepository {
  insert(state: SsoState): Promise<void>
  /**
   * Uses it up. Of concurrent callers one gets it; null when it is unknown, used, expired, of another browser, connection or user,
   * and then nothing is used up.
   */
  redeem(
    wanted: Pick<SsoState, 'digest' | 'browser' | 'connectionId' | 'userId'>,
    now: Date,
  ): Promise<SsoState | null>
  /** Forgets what expired before `time`; returns how many. */
  purge(time: Date): Promise<number>
}
