import type { AssuranceLevel } from '../contract/access.ts'
import type { Id } from '../kernel/id.ts'

/** Who is calling, as established by the authenticator. */
export interface Principal {
  readonly userId: Id<'usr'>
  readonly tenantId: Id<'ten'>
  readonly sessionId: Id<'ses'>
  readonly role: string
  readonly scopes: ReadonlySet<string>
  /** Runs the platform, beyond the role in the tenant. */
  readonly operator: boolean
  readonly emailVerified: boolean
  readonly aal: AssuranceLevel
  /** Authentication methods used (RFC 8176), such as `pwd`. */
  readonly amr: readonly string[]
  /** When the caller last proved who they are. */
  readonly authenticatedAt: Date
}

/**
 * Turns a bearer credential into a principal.
 *
 * @throws DomainError with status 401 when the credential is not valid.
 */
export type Authenticate = (credential: string) => Promise<Principal>
