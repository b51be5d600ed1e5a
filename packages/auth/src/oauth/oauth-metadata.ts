import { assertionAlgorithms } from './client-assertion.ts'
import type { ResourceMetadata, ServerMetadata } from './oauth.ts'

export interface OAuthMetadata {
  readonly server: ServerMetadata
  readonly resource: ResourceMetadata
}

const clientMethods = ['client_secret_basic', 'client_secret_post', 'private_key_jwt']
// The first-party client has no secret: it can refresh, and end what it was given.
const publicMethods = [...clientMethods, 'none']

/** @param resource - What tokens are for; the issuer's own address unless the settings say otherwise. */
export function oauthMetadata(issuer: string, resource: string, scopes: readonly string[]): OAuthMetadata {
  const algorithms = [...new Set(Object.values(assertionAlgorithms).flat())]
  const documentation = `${issuer}/docs`
  return {
    server: {
      issuer,
      token_endpoint: `${issuer}/oauth/token`,
      introspection_endpoint: `${issuer}/oauth/introspect`,
      revocation_endpoint: `${issuer}/oauth/revoke`,
      jwks_uri: `${issuer}/.well-known/jwks.json`,
      scopes_supported: [...scopes],
      response_types_supported: [],
      grant_types_supported: ['client_credentials', 'refresh_token'],
      token_endpoint_auth_methods_supported: publicMethods,
      token_endpoint_auth_signing_alg_values_supported: algorithms,
      introspection_endpoint_auth_methods_supported: clientMethods,
      introspection_endpoint_auth_signing_alg_values_supported: algorithms,
      revocation_endpoint_auth_methods_supported: publicMethods,
      revocation_endpoint_auth_signing_alg_values_supported: algorithms,
      service_documentation: documentation,
    },
    resource: {
      resource,
      authorization_servers: [issuer],
      scopes_supported: [...scopes],
      bearer_methods_supported: ['header'],
      resource_documentation: documentation,
    },
  }
}
