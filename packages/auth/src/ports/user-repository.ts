import type { Id } from '@corbel/core/ports'
import type { Role } from '@corbel/core/tenant/ports'
import type { Credential } from '../users/credential.ts'
import type { User, UserId } from '../users/user.ts'

export interface NewUser {
  readonly user: User
  /** Runs the platform. Only set from the host, never from a request. */
  readonly operator: boolean
  readonly credential: Credential
  readonly termsAcceptedAt: Date | null
}

/** What sign-in needs to know of an account. */
export interface SignInCandidate {
  readonly user: User
  readonly operator: boolean
  readonly credential: Credential
  /** Oldest first. */
  readonly memberships: readonly { readonly tenantId: Id<'ten'>; readonly role: Role }[]
}

export interface UserRepository {
  /**
   * Stores a user. Of concurrent callers with one e-mail, one succeeds.
   *
   * @throws `auth/email-taken` when the e-mail is in use.
   */
  insert(user: NewUser): Promise<void>
  /** The account with this e-mail, in one statement; null when there is none. */
  findForSignIn(email: string): Promise<SignInCandidate | null>
  find(id: UserId): Promise<User | null>
  /** A user and their present role in a tenant, in one statement; null when they are not a member of it. */
  findMember(tenantId: Id<'ten'>, id: UserId): Promise<{ readonly user: User; readonly role: Role } | null>
  /** Replaces the credential if it is still `expected`: a hash renewed at sign-in must not undo a password change. */
  replaceCredential(id: UserId, credential: Credential, expected: Credential): Promise<boolean>
  /** Whether any operator exists. */
  hasOperator(): Promise<boolean>
}
