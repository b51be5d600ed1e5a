export interface OperatorTools {
  /** Creates an operator of the platform; the password is known only to the caller. */
  create(email: string): Promise<{ readonly email: string; readonly password: string }>
}

export interface UserSeed {
  readonly email: string
  /** The tenant that the user is to own. */
  readonly tenantName: string
  readonly displayName?: string
}

export interface UserTools {
  /**
   * Creates a user with a verified address and the tenant they own. Null when the address is taken: done twice it changes nothing. The
   * password is known only to the caller.
   */
  seed(user: UserSeed): Promise<{
    readonly userId: string
    readonly tenantId: string
    readonly email: string
    readonly password: string
  } | null>
}

export interface CredentialWish {
  readonly account: string
  readonly tenantId: string
  /** @default all that the account is declared with */
  readonly scopes?: readonly string[]
  /** @default as long as the account is declared with */
  readonly lifetimeMinutes?: number
  readonly fingerprint?: string
}

/** Credentials of the service accounts that the host declares. */
export interface CredentialTools {
  /** The token is shown this once. */
  issue(wish: CredentialWish): Promise<{
    readonly jti: string
    readonly account: string
    readonly tenantId: string
    readonly expiresAt: string
    readonly token: string
  }>
  /** Ends it at once; the reason stands in the audit trail. */
  revoke(tenantId: string, jti: string, reason: string): Promise<void>
}

/** A connection to an identity provider, as the stack shows it. */
export interface ShownConnection {
  readonly id: string
  readonly issuer: string
  readonly clientId: string
  readonly redirectUri: string
  readonly name: string
  readonly enabled: boolean
}

export interface ConnectionTools {
  /** The names of the well-known providers. */
  readonly presets: readonly string[]
  /** Of the tenant, or of the platform when it is null. */
  list(tenantId: string | null): Promise<readonly ShownConnection[]>
  /** The connection as its endpoint takes it, without the owner. */
  create(tenantId: string | null, connection: Readonly<Record<string, unknown>>): Promise<ShownConnection>
}
