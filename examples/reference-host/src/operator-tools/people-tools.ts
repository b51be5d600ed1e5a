import { randomBytes } from 'node:crypto'
import { argon2PasswordHasher } from '@corbel/adapters/argon2'
import { AuthErrors, ConnectionPreset, NewConnection } from '@corbel/auth'
import { DomainError, idSchema } from '@corbel/core'
import type { KeyVault } from '@corbel/core/ports'
import type { ConnectionTools, CredentialTools, UserTools } from 'corbel'
import type { HostStack } from '../stack.ts'
import { signCredentialRequest } from './sign-credential-request.ts'

const tenant = idSchema('ten')

// 144 bits in 24 characters.
const passwordBytes = 18

export function userTools({ auth: { users } }: HostStack): UserTools {
  return {
    async seed({ email, tenantName, displayName = null }) {
      const password = randomBytes(passwordBytes).toString('base64url')
      // Sign-in takes this hash once, and keeps one with the pepper of the stack.
      const passwordHash = await argon2PasswordHasher().hash(password)
      try {
        const imported = await users.importUser({
          email,
          displayName,
          tenantName,
          passwordHash,
          emailVerified: true,
        })
        return {
          userId: imported.user.id,
          tenantId: imported.tenant.id,
          email: imported.user.email,
          password,
        }
      } catch (error) {
        if (error instanceof DomainError && error.code === AuthErrors.emailTaken.code) return null
        throw error
      }
    },
  }
}

/** Credentials are asked for as every machine asks: with a request that the keys of the stack sign, whichever profile this is. */
export function credentialTools(
  { auth: { accountCredentials } }: HostStack,
  keyVault: KeyVault,
  audience: string,
): CredentialTools {
  return {
    issue: async (wish) =>
      accountCredentials.issue({ signedRequest: await signCredentialRequest(keyVault, audience, wish) }),
    async revoke(tenantId, jti, reason) {
      const nobody = { userId: null, tenantId: tenant.parse(tenantId), operator: true }
      await accountCredentials.revoke(nobody, idSchema('key').parse(jti), reason)
    },
  }
}

export function connectionTools({ auth: { ssoConnections } }: HostStack): ConnectionTools {
  const of = (tenantId: string | null) => ({
    userId: null,
    tenantId: tenantId === null ? null : tenant.parse(tenantId),
    operator: true,
  })
  const owner = (tenantId: string | null) => (tenantId === null ? ('platform' as const) : ('tenant' as const))
  return {
    presets: ConnectionPreset.options,
    list: async (tenantId) =>
      (await ssoConnections.list(of(tenantId), { limit: 100, owner: owner(tenantId) })).data,
    create: async (tenantId, connection) =>
      ssoConnections.create(of(tenantId), NewConnection.parse({ ...connection, owner: owner(tenantId) })),
  }
}
