import type { Duration } from '../kernel/duration.ts'

/** Authenticator assurance level (NIST SP 800-63B): 1 is a single factor, 2 is two. */
export type AssuranceLevel = 1 | 2

/** How strongly, and how lately, the caller must have proved who they are. */
export interface Assurance {
  readonly aal?: AssuranceLevel
  /** Longest time since the caller last authenticated. */
  readonly maxAge?: Duration
}

/** Nobody in particular: the endpoint needs no credential. */
export interface PublicAccess {
  readonly kind: 'public'
}

/** A signed-in user of a tenant. `scopes` are all needed; none means that any member will do. */
export interface UserAccess {
  readonly kind: 'user'
  readonly scopes: readonly string[]
  readonly assurance?: Assurance
}

/** Someone who runs the platform, not a tenant. */
export interface OperatorAccess {
  readonly kind: 'operator'
  readonly assurance?: Assurance
}

/** A machine that proves itself by a signature over the body, checked by the handler. */
export interface WebhookAccess {
  readonly kind: 'webhook'
}

/** Prometheus and the like: loopback, or a bearer token from the settings. */
export interface MonitorAccess {
  readonly kind: 'monitor'
}

export type Access = PublicAccess | UserAccess | OperatorAccess | WebhookAccess | MonitorAccess

export const anyone: PublicAccess = { kind: 'public' }
export const webhook: WebhookAccess = { kind: 'webhook' }
export const monitor: MonitorAccess = { kind: 'monitor' }

export const user = (assurance?: Assurance): UserAccess => ({
  kind: 'user',
  scopes: [],
  ...(assurance && { assurance }),
})

/** @param scopes - Permissions of a catalogue, all of them needed. */
export const scope = (scopes: string | readonly string[], assurance?: Assurance): UserAccess => ({
  kind: 'user',
  scopes: typeof scopes === 'string' ? [scopes] : scopes,
  ...(assurance && { assurance }),
})

export const operator = (assurance?: Assurance): OperatorAccess => ({
  kind: 'operator',
  ...(assurance && { assurance }),
})
