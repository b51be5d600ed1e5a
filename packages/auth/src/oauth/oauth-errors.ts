import { defineErrors } from '@corbel/core'

/** Failures of RFC 6749 §5.2, RFC 7009 §2.2.1 and RFC 8707 §2; `oauth/invalid-client` goes out as `invalid_client`. */
export const OAuthErrors = defineErrors('oauth', {
  invalidRequest: {
    status: 400,
    title: 'The request is missing a parameter, or has two that exclude each other.',
    fix: 'Send what the reference at /docs lists, and authenticate the client in one way only.',
  },
  invalidClient: {
    status: 401,
    title: 'The client is unknown or did not prove who it is.',
    fix: 'Compare client_id and secret, or sign a new assertion for this issuer that lives for at most 5 minutes.',
  },
  invalidGrant: {
    status: 400,
    title: 'The refresh token is not valid.',
    fix: 'Sign in again. Use each refresh token once and keep the one that comes with the answer.',
  },
  invalidScope: {
    status: 400,
    title: 'The client may not have all of these scopes.',
    fix: 'Leave scope out to get all that the service account has.',
  },
  invalidTarget: {
    status: 400,
    title: 'No access tokens are issued for this resource.',
    fix: 'Leave resource out, or name one that the metadata of this server describes.',
  },
  unauthorizedClient: {
    status: 400,
    title: 'The token was not issued to this client.',
    fix: 'Present the tokens of this client only.',
  },
  unsupportedGrantType: {
    status: 400,
    title: 'The grant type is not supported.',
    fix: 'Use client_credentials or refresh_token.',
  },
  unsupportedTokenType: {
    status: 400,
    title: 'Tokens of this type are not ended here.',
    fix: 'End an API key with DELETE /api/v1/auth/api-keys/{id}.',
  },
})
