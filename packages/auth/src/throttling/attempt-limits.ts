import type { Duration, SettingsOf } from '@corbel/core'
import type { AuthSettings } from '../auth-settings.ts'

/** So many failures within a window lock for a while. */
export interface Lockout {
  readonly threshold: number
  readonly window: Duration
  readonly duration: Duration
}

export interface AttemptLimits {
  /** For the strangers to an account together, and for each client that is known to it. */
  readonly account: Lockout
  /** For the strangers of one network together, at whatever accounts. */
  readonly network: Lockout
  /** Consecutive failures after which no factor is accepted any more until the password was reset by mail. */
  readonly consecutive: number
  /** Attempts per minute, right ones included; 0 means any number. */
  readonly perMinute: { readonly account: number; readonly network: number; readonly tenant: number }
}

export const attemptLimits = (settings: SettingsOf<typeof AuthSettings>): AttemptLimits => ({
  account: {
    threshold: settings.lockoutThreshold,
    window: `${settings.lockoutWindowMinutes}m`,
    duration: `${settings.lockoutDurationMinutes}m`,
  },
  network: {
    threshold: settings.ipLockoutThreshold,
    window: `${settings.ipLockoutWindowMinutes}m`,
    duration: `${settings.ipLockoutDurationMinutes}m`,
  },
  consecutive: settings.consecutiveFailures,
  perMinute: {
    account: settings.accountAttemptsPerMinute,
    network: settings.networkAttemptsPerMinute,
    tenant: settings.tenantAttemptsPerMinute,
  },
})
