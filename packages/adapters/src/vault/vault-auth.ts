import type { Secret } from '@corbel/core/ports'

interface Login {
  readonly path: string
  readonly body: object
}

/** How a client gets its token: one that it is given, or a way to sign in. */
export type VaultAuth =
  | { readonly token: Secret; readonly login?: undefined }
  | { readonly login: () => Promise<Login> }

/** A token that somebody else made and renews, such as Vault Agent. */
export const vaultToken = (token: Secret): VaultAuth => ({ token })

export interface AppRoleOptions {
  readonly roleId: string
  readonly secretId: Secret
  /** @default 'approle' */
  readonly mount?: string
}

export const appRole = ({ roleId, secretId, mount = 'approle' }: AppRoleOptions): VaultAuth => ({
  login: async () => ({
    path: `auth/${mount}/login`,
    body: { role_id: roleId, secret_id: secretId.reveal() },
  }),
})

export interface JwtAuthOptions {
  readonly role: string
  /** Asked at every sign-in: the tokens of workloads are short-lived and lie in a file that is replaced. */
  readonly jwt: () => Promise<Secret>
  /** Such as 'kubernetes'. @default 'jwt' */
  readonly mount?: string
}

export const jwtAuth = ({ role, jwt, mount = 'jwt' }: JwtAuthOptions): VaultAuth => ({
  login: async () => ({ path: `auth/${mount}/login`, body: { role, jwt: (await jwt()).reveal() } }),
})

export interface CertificateAuthOptions {
  /** @default any role that the certificate fits */
  readonly role?: string
  /** @default 'cert' */
  readonly mount?: string
}

/** With the certificate that the client's `tlsFetch` presents. */
export const certificateAuth = ({ role, mount = 'cert' }: CertificateAuthOptions = {}): VaultAuth => ({
  login: async () => ({ path: `auth/${mount}/login`, body: role === undefined ? {} : { name: role } }),
})
