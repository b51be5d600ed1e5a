import type { Duration } from '../kernel/duration.ts'

/** Authenticator assurance level (NIST SP 800-63B): 1 is a single factor, 2 is two. */
export type AssuranceLevel = 1 | 2

/** How strongly, and how lately, the caller must have proved who they are. */
export interface Assurance {
  readonly aal?: AssuranceLevel
  /** Longest time since the caller last authenticated. */
  readonly maxAge?: Duration
}

/** What changes an address, a password, a factor, a key or a membership needs: that the caller proved a moment ago who they are. */
export const fresh = { maxAge: '15m' } as const satisfies Assurance

/** Nobody in particular: the endpoint needs no credential. */
export interface PublicAccess {
  readonly kind: 'public'
}

/** A person of a tenant, never a machine. `scopes` are all needed; none means that any member will do. */
export interface UserAccess {
  readonly kind: 'user'
  readonly scopes: readonly string[]
  readonly assurance?: Assurance
  /** Not for an operator who acts in the name of the user, either; an assurance implies it. */
  readonly inPerson?: true
}

/** A person or a machine with all of these permissions. */
export interface ScopeAccess {
  readonly kind: 'scope'
  readonly scopes: readonly string[]
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

export type Access = PublicAccess | UserAccess | ScopeAccess | OperatorAccess | WebhookAccess | MonitorAccess

export const anyone: PublicAccess = { kind: 'public' }
export const webhook: WebhookAccess = { kind: 'webhook' }
export const monitor: MonitorAccess = { kind: 'monitor' }

export const user = (assurance?: Assurance): UserAccess => ({
  kind: 'user',
  scopes: [],
  ...(assurance && { assurance }),
})

/**
 * Whoever has the permissions, person or machine; with an assurance a person, for no machine can give one.
 *
 * @param scopes - Permissions of a catalogue, all of them needed.
 */
export function scope(scopes: string | readonly string[]): ScopeAccess
export function scope(scopes: string | readonly string[], assurance: Assurance): UserAccess
export function scope(scopes: string | readonly string[], assurance?: Assurance): ScopeAccess | UserAccess {
  const all = typeof scopes === 'string' ? [scopes] : scopes
  return assurance ? { kind: 'user', scopes: all, assurance } : { kind: 'scope', scopes: all }
}

/** A user themselves, and not an operator who acts in their name. */
export const inPerson: UserAccess = { kind: 'user', scopes: [], inPerson: true }

/** Whether somebody who acts in the name of a user is refused: what needs an assurance is about how that user gets in. */
export const needsPerson = (access: Access): boolean =>
  (access.kind === 'user' && (access.inPerson === true || access.assurance !== undefined)) ||
  access.kind === 'operator'

/** Whether the endpoint needs a credential of a tenant. */
export const needsPrincipal = (access: Access): access is UserAccess | ScopeAccess | OperatorAccess =>
  access.kind === 'user' || access.kind === 'scope' || access.kind === 'operator'

/** Whether a permission in a tenant is what opens the endpoint. */
export const usesPermissions = (access: Access): boolean =>
  (access.kind === 'user' || access.kind === 'scope') && access.scopes.length > 0

export const operator = (assurance?: Assurance): OperatorAccess => ({
  kind: 'operator',
  ...(assurance && { assurance }),
})
