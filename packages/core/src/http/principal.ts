import type { AssuranceLevel } from '../contract/access.ts'
import type { Id } from '../kernel/id.ts'

interface Caller {
  /** Whose quota and whose idempotency keys they are: a user, a service account or an API key. */
  readonly subject: Id
  readonly tenantId: Id<'ten'>
  readonly scopes: ReadonlySet<string>
}

/** A person, known by a session. */
export interface UserPrincipal extends Caller {
  readonly kind: 'user'
  readonly userId: Id<'usr'>
  readonly sessionId: Id<'ses'>
  readonly role: string
  /** Runs the platform, beyond the role in the tenant. */
  readonly operator: boolean
  readonly emailVerified: boolean
  readonly aal: AssuranceLevel
  /** Authentication methods used (RFC 8176), such as `pwd`. */
  readonly amr: readonly string[]
  /** When the caller last proved who they are. */
  readonly authenticatedAt: Date
  /** The operator who acts in the name of this user (`act`, RFC 8693 §4.1). */
  readonly impersonatorId?: Id<'usr'>
}

/** A machine. It has no session, no role and no assurance: what it may do are its scopes. */
export interface ServicePrincipal extends Caller {
  readonly kind: 'service'
  /** What was presented: the access token or the API key. */
  readonly credentialId: Id
}

/** Who is calling, as established by the authenticator. */
export type Principal = UserPrincipal | ServicePrincipal

/**
 * Turns a bearer credential into a principal.
 *
 * @throws DomainError with status 401 when the credential is not valid.
 */
export type Authenticate = (credential: string) => Promise<Principal>
