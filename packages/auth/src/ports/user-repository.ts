import type { Id } from '@corbel/core/ports'
import type { Role } from '@corbel/core/tenant/ports'
import type { Credential } from '../users/credential.ts'
import type { FactorKind } from '../factors/factor-kind.ts'
import type { MfaPolicy } from '../factors/mfa-policy.ts'
import type { AttemptQuery, AttemptState } from './attempt-repository.ts'
import type { User, UserId } from '../users/user.ts'

export interface NewUser {
  readonly user: User
  /** Runs the platform. Only set from the host, never from a request. */
  readonly operator: boolean
  readonly credential: Credential
  readonly termsAcceptedAt: Date | null
  /** Digest of the client that chose the password for an address it has not proved to be theirs. @default null: somebody trusted did */
  readonly registrant?: string | null
}

/** What sign-in needs to know of an account. */
export interface SignInCandidate {
  readonly user: User
  readonly operator: boolean
  readonly credential: Credential
  /** See {@link NewUser.registrant}. */
  readonly registrant: string | null
  /** Nobody gets in, whatever they prove. */
  readonly isDisabled: boolean
  /** Oldest first. */
  readonly memberships: readonly {
    readonly tenantId: Id<'ten'>
    readonly role: Role
    /** Of a custom role; null: all that the role has. */
    readonly scopes: readonly string[] | null
    readonly mfa: MfaPolicy
  }[]
  /** Kinds of which a factor is confirmed. */
  readonly factors: readonly FactorKind[]
  readonly hasRecoveryCodes: boolean
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
  /** The same for an account that is known by something else than its e-mail. */
  findForSignInById(id: UserId): Promise<SignInCandidate | null>
  /** The same, and what is on record for an attempt at the account's password, in one statement. */
  findForAttempt(
    email: string,
    query: AttemptQuery,
  ): Promise<{ readonly candidate: SignInCandidate | null; readonly attempts: AttemptState }>
  find(id: UserId): Promise<User | null>
  /** A user and their present role in a tenant, in one statement; null when they are not a member of it. */
  findMember(tenantId: Id<'ten'>, id: UserId): Promise<{ readonly user: User; readonly role: Role } | null>
  /** Replaces the credential if it is still `expected`: a hash renewed at sign-in must not undo a password change. */
  replaceCredential(id: UserId, credential: Credential, expected: Credential): Promise<boolean>
  /** The present credential and the ones before it, newest first; null when there is no such user. */
  findPasswords(
    id: UserId,
  ): Promise<{ readonly credential: Credential; readonly previous: readonly Credential[] } | null>
  /**
   * Sets a credential in place of `expected`, or of whatever is there when that is null, and keeps the one before it and those
   * before that, `keep` in all. Of concurrent callers with one expected credential, one gets true.
   */
  changePassword(
    id: UserId,
    credential: Credential,
    expected: Credential | null,
    keep: number,
  ): Promise<boolean>
  /** Whether any operator exists. */
  hasOperator(): Promise<boolean>
}
