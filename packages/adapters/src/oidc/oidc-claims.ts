import type { ProvedIdentity } from '@corbel/auth/ports'

type Claims = Readonly<Record<string, unknown>> & { readonly iss: string; readonly sub: string }

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

/** Verified claims of an ID token, and of the UserInfo endpoint, in our words. Only a claim that is `true` is one. */
export const identityOf = (claims: Claims): ProvedIdentity => ({
  issuer: claims.iss,
  subject: claims.sub,
  email: textOf(claims['email']),
  // Microsoft says by `xms_edov` whether the owner of the address's domain is known; it has no email_verified.
  emailVerified: claims['email_verified'] === true || claims['xms_edov'] === true,
  displayName: textOf(claims['name']),
  methods: [claims['amr'], claims['acr']].flat().flatMap((value) => textOf(value) ?? []),
  authenticatedAt: typeof claims['auth_time'] === 'number' ? new Date(claims['auth_time'] * 1000) : null,
})
