import { met, none, open, type Requirements } from './requirement.ts'

const noAuthorize = 'There is no authorization endpoint.'
const forgeries = 'test/auth/access-token-attacks.test.ts > is not'
const profile = 'test/auth/access-token-profile.test.ts > is one of RFC 9068 to jose'
const standardClient = 'test/auth/oauth-clients.test.ts > : client_credentials, introspection, revocation'

/** Best Current Practice for OAuth 2.0 Security. */
export const rfc9700: Requirements = {
  '2.1': none('Redirect addresses match exactly', noAuthorize),
  '2.1.1': none('Codes need PKCE', noAuthorize),
  '2.1.2': met(
    'No implicit grant',
    'test/auth/standards.test.ts > the token endpoint offers two grants, and no way around them',
  ),
  '2.2.1': open('Access tokens should be bound to their sender', 'There is no DPoP and no mutual TLS.'),
  '2.2.2': met(
    'Refresh tokens of public clients rotate',
    'test/auth/oauth.test.ts > is for the first-party client, and rotates',
  ),
  '2.3': met(
    'Access tokens are for one audience and the least privilege',
    'test/auth/access-token-attacks.test.ts > is not another audience',
    'test/auth/oauth.test.ts > cannot be given more than its maker has',
    'test/auth/oauth.test.ts > refuses a resource of somebody else',
  ),
  '2.4': met(
    'No password grant',
    'test/auth/oauth.test.ts > refuses the password grant in the form of RFC 6749',
  ),
  '2.5': met(
    'Clients can authenticate with keys',
    'test/auth/oauth.test.ts > is taken, for the issuer or the token endpoint',
    'test/auth/oauth.test.ts > is refused when it is forged',
  ),
  '2.6': met(
    'Metadata is published',
    'test/auth/oauth-clients.test.ts > with client_secret_basic: client_credentials',
  ),
  '4.1': none('Redirect addresses are validated', noAuthorize),
  '4.2': none('Codes do not leak by Referer', noAuthorize),
  '4.3': met(
    'No token in a URL',
    'test/auth/standards.test.ts > no token is taken from a URL, and none is put into one',
  ),
  '4.4': none('Mix-up', noAuthorize),
  '4.5': none('Injected codes', noAuthorize),
  '4.6': met(
    'Injected access tokens',
    'test/auth/access-token-attacks.test.ts > is not the claims of another token',
  ),
  '4.7': none('Forged requests to a redirect address', noAuthorize),
  '4.8': none('PKCE downgrade', noAuthorize),
  '4.9': met(
    'A token that leaked from another resource is of no use here',
    'test/auth/access-token-attacks.test.ts > is not another audience',
  ),
  '4.10': met(
    'A stolen access token ends soon, and can be ended',
    'test/auth/access-token-profile.test.ts > ends when its time is up',
    'test/auth/oauth.test.ts > ends an access token here at once and elsewhere within the bound',
  ),
  '4.11': none('Open redirects', noAuthorize),
  '4.12': none('Redirects by 307', noAuthorize),
  '4.13': met(
    'What a proxy says is believed of trusted proxies only',
    'test/auth/registration.test.ts > W-15: counts the caller',
    'packages/core/src/http/client-ip.test.ts > trusts nobody by default',
  ),
  '4.14': met(
    'Refresh tokens: rotation, reuse detection, end on sign-out and password change, idle limit',
    'test/auth/refresh-rotation.test.ts > W-05: ends its session when it is presented after the grace',
    'test/auth/refresh-rotation.test.ts > ends when it is not used',
    'test/auth/sign-out.test.ts > refuses the access token at once',
    'test/auth/password-reset.test.ts > are changed by who knows the present one: every session ends',
  ),
  '4.15': met(
    'A client is never taken for a user',
    'test/auth/access-token-attacks.test.ts > is not a subject that is no user',
    'packages/core/src/http/access-check.test.ts > may do what their scopes allow, and what needs no person',
  ),
  '4.16': none('Clickjacking', noAuthorize),
  '4.17': none('Answers between windows of a browser', noAuthorize),
}

/** JSON Web Token Best Current Practices. */
export const rfc8725: Requirements = {
  '3.1': met('The algorithm is the one of the key', 'test/auth/access-token-attacks.test.ts > is not alg'),
  '3.2': met(
    'Algorithms are sound; none is not taken',
    'test/auth/access-token-attacks.test.ts > is not alg',
  ),
  '3.3': met('Every cryptographic operation is checked', forgeries),
  '3.4': met(
    'Cryptographic inputs are validated',
    'test/auth/access-token-attacks.test.ts > is not a signature of the same point, S + L',
    'test/auth/access-token-attacks.test.ts > is not a signature of zeros',
  ),
  '3.5': met('Keys have enough entropy', 'test/auth/settings.test.ts > W-19: the peppers'),
  '3.6': met(
    'Nothing that is encrypted is compressed',
    'test/auth/access-token-attacks.test.ts > is not a zip',
    'test/auth/access-token-attacks.test.ts > is not five parts, as in JWE',
  ),
  '3.7': met('Text is UTF-8', 'test/auth/access-token-attacks.test.ts > is not bytes that are not UTF-8'),
  '3.8': met(
    'Issuer and subject are validated',
    'test/auth/access-token-attacks.test.ts > is not another issuer',
    'test/auth/access-token-attacks.test.ts > is not no subject',
  ),
  '3.9': met('The audience is validated', 'test/auth/access-token-attacks.test.ts > is not another audience'),
  '3.10': met(
    'Claims of the header are not trusted',
    'test/auth/access-token-attacks.test.ts > is not a kid',
    'test/auth/access-token-attacks.test.ts > is not a jku',
  ),
  '3.11': met('The type is explicit', 'test/auth/access-token-attacks.test.ts > is not typ'),
  '3.12': met(
    'Kinds of JWT exclude one another',
    'test/auth/service-accounts.test.ts > of an access token’s type is refused',
    'test/auth/service-accounts.test.ts > a JWT of another kind under the same secret is no signed request',
    'test/auth/access-token-attacks.test.ts > is not typ of a logout token',
  ),
}

/** JSON Web Token Profile for OAuth 2.0 Access Tokens. */
export const rfc9068: Requirements = {
  '2.1 typ': met('typ is at+jwt', profile),
  '2.1 alg': open(
    'RS256 is among the supported algorithms',
    'Tokens are signed with Ed25519 alone (RFC 8037): one algorithm cannot be confused with another.',
  ),
  '2.2': met('iss, exp, aud, sub, client_id, iat and jti are there', profile),
  '2.2.1': met('auth_time, acr and amr speak of the authentication', profile),
  '2.2.2': met(
    'Claims of identity are few',
    'test/auth/access-token-attacks.test.ts > says nothing of the account that anyone may read',
  ),
  '2.2.3': met('scope is what was granted', standardClient),
  '3': met(
    'A resource that is asked for is the audience, or refused',
    'test/auth/oauth.test.ts > refuses a resource of somebody else',
    'test/auth/access-token-profile.test.ts > is for every audience of the settings',
  ),
  '4': met(
    'Type, issuer, audience, signature and time are validated',
    forgeries,
    'test/auth/access-token-profile.test.ts > is one of RFC 9068 to oauth4webapi',
  ),
  '5': met(
    'Neither ID tokens nor clients pass for what they are not',
    'test/auth/access-token-attacks.test.ts > is not typ JWT',
    'test/auth/access-token-attacks.test.ts > is not a subject that is no user',
  ),
  '6': met(
    'No private data for whoever reads a token',
    'test/auth/access-token-attacks.test.ts > says nothing of the account that anyone may read',
  ),
}

/** OAuth 2.0 Token Revocation. */
export const rfc7009: Requirements = {
  '2.1': met(
    'Clients authenticate, and end tokens of their own only',
    standardClient,
    'test/auth/oauth.test.ts > is refused for tokens of other clients, which stay good',
  ),
  '2.1 refresh': met(
    'Ending a refresh token ends its access tokens',
    'test/auth/oauth.test.ts > of the refreshToken of a person ends the session',
    'test/auth/oauth.test.ts > of the accessToken of a person ends the session',
  ),
  '2.2': met(
    'A token that is unknown or has ended is answered with 200',
    'test/auth/oauth.test.ts > ends an access token here at once and elsewhere within the bound',
  ),
  '2.2.1': met(
    'A kind of token that cannot be ended is unsupported_token_type',
    'test/auth/oauth.test.ts > is refused for tokens of other clients, which stay good',
  ),
  '2.3': none('Cross-origin calls by JSONP', 'CORS is for the host to allow.'),
  '5': met('Guessing tokens is limited', 'packages/core/src/http/rate-limit.test.ts > quotas'),
}

/** OAuth 2.0 Token Introspection. */
export const rfc7662: Requirements = {
  '2.1': met('Callers authenticate', 'test/auth/oauth.test.ts > needs an authenticated client'),
  '2.2': met('The answer has the claims of an active token', standardClient),
  '2.2 inactive': met(
    'Of any other text it says that it is not active, and nothing else',
    'test/auth/oauth.test.ts > says only that it is not active of whatever else it is given',
  ),
  '2.3': met(
    'Failures have the form of RFC 6749',
    'packages/core/src/http/oauth-error.test.ts > a failure of an OAuth endpoint',
  ),
  '4': met(
    'Signature, time and revocation are checked, and callers learn of their own tokens',
    'test/auth/oauth.test.ts > tells a client of its own tokens, and nothing of those of others',
    'test/auth/oauth.test.ts > tells a client with tokens:introspect of its whole tenant, and of no other',
  ),
  '5': met(
    'Nothing private is told',
    'test/auth/oauth.test.ts > tells a client of its own tokens, and nothing of those of others',
  ),
}

/** OAuth 2.0 Authorization Server Metadata. */
export const rfc8414: Requirements = {
  '2': met(
    'Metadata names the endpoints, grants and methods, and never "none" as an algorithm',
    'test/auth/standards.test.ts > the metadata is true',
    standardClient,
  ),
  '3': met('It is where clients look for it', standardClient),
  '3.2': met('It is JSON, and may be kept for a while', 'test/auth/standards.test.ts > the metadata is true'),
  '3.3': met(
    'The issuer is the address under which it was found',
    'test/auth/standards.test.ts > the metadata is true',
  ),
  '6.2': met(
    'Nobody else can speak as the issuer: its address is a setting, not a header',
    'test/auth/standards.test.ts > the metadata is true',
  ),
}
