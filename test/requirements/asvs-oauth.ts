import { met, none, open, type Requirements } from './requirement.ts'

const noAuthorize =
  'There is no authorization endpoint: the grants are client_credentials and refresh_token (test/auth/standards.test.ts).'

/** OWASP ASVS 5.0, chapter 10. */
export const asvsOauth: Requirements = {
  '10.1.1 L2': met(
    'Tokens reach only what needs them',
    'test/auth/stolen-database.test.ts > has no secret that was ever sent',
    'test/auth/access-token-attacks.test.ts > says nothing of the account that anyone may read',
  ),
  '10.1.2 L2': met(
    'Clients take only answers of flows that they began',
    'test/auth/sso.test.ts > works in the browser that began it',
    'test/auth/sso.test.ts > with another code, state or issuer, or with an error, is refused',
  ),
  '10.2.1 L2': met(
    'Code flows are protected from forged requests',
    'test/auth/sso.test.ts > sends PKCE, state and nonce',
    'test/auth/sso.test.ts > with another code, state or issuer, or with an error, is refused',
  ),
  '10.2.2 L2': met(
    'Clients of several servers are protected from mix-up',
    'test/auth/sso-hostile.test.ts > that answers for another is noticed where it says who it is (RFC 9207)',
    'test/auth/sso.test.ts > sends PKCE, state and nonce, and a redirect address of its own',
  ),
  '10.2.3 L3': met(
    'Clients ask only for the scopes that they need',
    'test/auth/sso.test.ts > sends PKCE, state and nonce, and a redirect address of its own',
  ),
  '10.3.1 L2': met(
    'The API takes only tokens for itself',
    'test/auth/access-token-attacks.test.ts > is not another audience',
  ),
  '10.3.2 L2': met(
    'The API decides by what the token was given',
    'test/auth/oauth.test.ts > gives a token that works for the tenant and scopes of the account',
    'packages/core/src/http/access-check.test.ts > names the scope that is missing',
  ),
  '10.3.3 L2': met(
    'A user is known by issuer and subject, which is given to nobody else',
    'test/auth/access-token-attacks.test.ts > is not another issuer',
    'test/auth/access-token-attacks.test.ts > is not a subject that is no user',
  ),
  '10.3.4 L2': met(
    'The strength, methods and time of an authentication are verified where they matter',
    'test/auth/step-up.test.ts > says what it needs (RFC 9470)',
    'test/auth/access-token-attacks.test.ts > is not no time of authentication',
  ),
  '10.3.5 L3': open('Access tokens are bound to their sender', 'There is no DPoP and no mutual TLS.'),
  '10.4.1 L1': none('Redirect addresses are compared whole with a list', noAuthorize),
  '10.4.2 L1': none('Codes work once', noAuthorize),
  '10.4.3 L1': none('Codes are short-lived', noAuthorize),
  '10.4.4 L1': met(
    'No grant that is not needed, neither implicit nor password',
    'test/auth/oauth.test.ts > refuses the password grant in the form of RFC 6749',
    'test/auth/standards.test.ts > the token endpoint offers two grants, and no way around them',
  ),
  '10.4.5 L1': met(
    'Refresh tokens rotate, and reuse ends them',
    'test/auth/refresh-rotation.test.ts > W-05: ends its session when it is presented after the grace',
    'test/auth/refresh-rotation.test.ts > W-05: never survives a thief and its owner taking turns',
    'test/auth/races.test.ts > end a session once by a token that was replaced long ago',
  ),
  '10.4.6 L2': none('Codes need PKCE', noAuthorize),
  '10.4.7 L2': none('Dynamic registration is held in check', 'Clients are made by administrators only.'),
  '10.4.8 L2': met(
    'Refresh tokens have an absolute end',
    'test/auth/standards.test.ts > a session ends at its absolute limit, however often it is refreshed',
  ),
  '10.4.9 L2': met(
    'People can revoke refresh tokens',
    'test/auth/sign-out.test.ts > lets its owner end one, once',
    'test/auth/sign-out.test.ts > everywhere ends the sessions of this user and of nobody else',
  ),
  '10.4.10 L2': met(
    'Confidential clients authenticate',
    'test/auth/oauth.test.ts > tells an unknown client and a wrong secret nothing apart',
    'test/auth/oauth.test.ts > needs an authenticated client',
  ),
  '10.4.11 L2': met(
    'Clients have only the scopes that they need',
    'test/auth/oauth.test.ts > cannot be given more than its maker has',
    'test/auth/oauth.test.ts > refuses a scope it lacks in the form of RFC 6749',
  ),
  '10.4.12 L3': none('Response modes are restricted', noAuthorize),
  '10.4.13 L3': none('Authorization requests are pushed', noAuthorize),
  '10.4.14 L3': open('Only sender-constrained tokens are issued', 'There is no DPoP and no mutual TLS.'),
  '10.4.15 L3': none('authorization_details come from the server side', noAuthorize),
  '10.4.16 L3': open(
    'Clients authenticate with keys',
    'private_key_jwt is supported; client secrets are too, for standard clients that have nothing else.',
  ),
  '10.5.1 L2': met(
    'ID tokens answer the nonce that was sent',
    'test/auth/sso-hostile.test.ts > with another nonce is refused',
    'test/auth/sso-hostile.test.ts > without a nonce is refused',
  ),
  '10.5.2 L2': met(
    'Users are known by the subject of the ID token',
    'test/auth/sso.test.ts > gives somebody of a proved domain an account, once, and the same account ever after',
    'test/auth/sso-hostile.test.ts > without a subject is refused',
  ),
  '10.5.3 L2': met(
    'The issuer of the metadata is the configured one',
    'test/auth/sso-hostile.test.ts > that says {"issuer":"https://accounts.google.com"} of itself is refused',
  ),
  '10.5.4 L2': met(
    'ID tokens are for this client',
    'test/auth/sso-hostile.test.ts > for another client is refused',
    'test/auth/sso-hostile.test.ts > for several clients, without saying which asked is refused',
  ),
  '10.5.5 L2': none('Back-channel sign-out is protected', 'There is no back-channel sign-out.'),
  '10.6.1 L2': none('Response types of a provider', 'There is no OpenID provider.'),
  '10.6.2 L2': none('Forced sign-out at a provider', 'There is no OpenID provider.'),
  '10.7.1 L2': none('Users consent to every authorization', noAuthorize),
  '10.7.2 L2': none('Consent is informed', noAuthorize),
  '10.7.3 L2': none('Consent can be withdrawn', noAuthorize),
}
