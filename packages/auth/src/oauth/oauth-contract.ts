import { anyone, defineContract, empty, form, ok } from '@corbel/core'
import { AuthErrors } from '../auth-errors.ts'
import {
  Introspection,
  PresentedToken,
  ResourceMetadata,
  ServerMetadata,
  TokenAnswer,
  TokenRequest,
} from './oauth.ts'
import { OAuthErrors } from './oauth-errors.ts'

const { invalidRequest, invalidClient } = OAuthErrors

export const oauthContract = defineContract('oauth', '', {
  token: {
    method: 'POST',
    path: '/oauth/token',
    access: anyone,
    summary: 'Get an access token (RFC 6749)',
    description:
      'client_credentials for service accounts: client_secret_basic, client_secret_post or private_key_jwt. refresh_token for the first-party client "corbel", which is public.',
    body: form(TokenRequest),
    success: ok(TokenAnswer),
    errors: [
      invalidRequest,
      invalidClient,
      OAuthErrors.invalidGrant,
      OAuthErrors.invalidScope,
      OAuthErrors.invalidTarget,
      OAuthErrors.unsupportedGrantType,
    ],
    rateLimit: { name: 'oauth-token', by: 'ip', limit: 600, window: '1m' },
    errorForm: 'oauth',
    idempotent: false,
  },
  introspect: {
    method: 'POST',
    path: '/oauth/introspect',
    access: anyone,
    summary: 'Ask what an access token allows (RFC 7662)',
    description:
      'For authenticated service accounts: about tokens issued to them, and with tokens:introspect about every token of their tenant. Of any other text the answer is {"active":false} and nothing else.',
    body: form(PresentedToken),
    success: ok(Introspection),
    errors: [invalidRequest, invalidClient, AuthErrors.revocationsUnavailable],
    rateLimit: { name: 'oauth-introspect', by: 'ip', limit: 6000, window: '1m' },
    errorForm: 'oauth',
    idempotent: false,
  },
  revoke: {
    method: 'POST',
    path: '/oauth/revoke',
    access: anyone,
    summary: 'End a token (RFC 7009)',
    description: 'Answers 200 as well for a token that is unknown or has ended.',
    body: form(PresentedToken),
    success: empty(200),
    errors: [invalidRequest, invalidClient, OAuthErrors.unauthorizedClient, OAuthErrors.unsupportedTokenType],
    rateLimit: { name: 'oauth-revoke', by: 'ip', limit: 600, window: '1m' },
    errorForm: 'oauth',
    idempotent: false,
  },
  serverMetadata: {
    method: 'GET',
    path: '/.well-known/oauth-authorization-server',
    access: anyone,
    summary: 'This authorization server, for clients (RFC 8414)',
    success: ok(ServerMetadata),
    cache: { maxAge: '5m' },
  },
  resourceMetadata: {
    method: 'GET',
    path: '/.well-known/oauth-protected-resource',
    access: anyone,
    summary: 'This API as a resource, and who issues tokens for it (RFC 9728)',
    success: ok(ResourceMetadata),
    cache: { maxAge: '5m' },
  },
})
