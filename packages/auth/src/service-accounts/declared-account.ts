/** A machine that the host foresees, such as a worker of its own. */
export interface DeclaredAccount {
  readonly summary: string
  /** Permissions of the stack's catalogues; one that does not exist stops the start. */
  readonly scopes: readonly [string, ...string[]]
  /** Longest lifetime of its credentials, in days. */
  readonly maxDays: number
  /**
   * `tenant`: administrators have one issued for their own tenant. `global`: operators and signed requests only, for any tenant. Each
   * credential is for one tenant either way.
   */
  readonly tenancy: 'tenant' | 'global'
}

/** By name: lower case, digits and dashes. */
export type DeclaredAccounts = Readonly<Record<string, DeclaredAccount>>

/** Declares the service accounts of a host. */
export const defineServiceAccounts = <const A extends DeclaredAccounts>(accounts: A): A => accounts

const nameForm = /^[a-z][a-z0-9-]{0,62}$/

const mostDays = 90

/**
 * @param ofOperators - Those of the permissions that no role in a tenant has.
 * @throws Error that says what is wrong with the declaration.
 */
export function checkDeclaredAccounts(
  accounts: DeclaredAccounts,
  permissions: ReadonlySet<string>,
  ofOperators: ReadonlySet<string>,
): void {
  for (const [name, { scopes, maxDays, tenancy }] of Object.entries(accounts)) {
    const unknown = scopes.filter((scope) => !permissions.has(scope))
    const tooMuch = tenancy === 'tenant' ? scopes.filter((scope) => ofOperators.has(scope)) : []
    if (tooMuch.length > 0)
      throw new Error(
        `The service account "${name}" asks for ${tooMuch.join(', ')}, which only operators have, and administrators of tenants could have one issued. Give it the tenancy "global".`,
      )
    if (!nameForm.test(name))
      throw new Error(`The service account "${name}" needs a name of lower-case letters, digits and dashes.`)
    if (unknown.length > 0)
      throw new Error(
        `The service account "${name}" asks for ${unknown.join(', ')}, which no module of the stack declares. Use permissions of docs/reference/permissions.md.`,
      )
    if (!(maxDays > 0 && maxDays <= mostDays))
      throw new Error(`The service account "${name}" needs maxDays of more than 0 and at most ${mostDays}.`)
  }
}
