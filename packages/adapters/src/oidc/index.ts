export { oidcIdentityProvider, type OidcIdentityProviderOptions } from './oidc-identity-provider.ts'
