import { met, none, open, type Requirements } from './requirement.ts'

const noInterface = 'There is no user interface.'
const forgeries = 'test/auth/access-token-attacks.test.ts > is not'

/** OWASP ASVS 5.0, chapters 7 and 9. */
export const asvsSessionsAndTokens: Requirements = {
  '7.1.1 L2': met(
    'Idle and absolute limits of sessions are documented',
    'test/docs.test.ts > the generated reference',
  ),
  '7.1.2 L2': open(
    'It is documented how many sessions one account may have',
    'There is no limit: a person sees all of them and can end each.',
  ),
  '7.1.3 L2': open(
    'Systems that share sessions are documented',
    'A session here and one at a provider end each on their own, and auth_time of the provider counts here (docs/decisions); there is no back-channel sign-out.',
  ),
  '7.2.1 L1': met('Tokens are verified by the server', forgeries),
  '7.2.2 L1': met(
    'Sessions use tokens made for them, no static secrets',
    'test/auth/refresh-rotation.test.ts > is replaced by another one of the same session',
  ),
  '7.2.3 L1': met(
    'Reference tokens are random and have 128 bits or more',
    'packages/auth/src/tokens/keyed-digest.test.ts > are 256 bits behind a prefix, each time others',
  ),
  '7.2.4 L1': met(
    'Authenticating, and authenticating again, makes new tokens and ends the old ones',
    'test/auth/step-up.test.ts > keeps the session and replaces its tokens',
    'test/auth/step-up.test.ts > counts a token of before as stolen after the grace',
  ),
  '7.3.1 L2': met(
    'Sessions end when they are not used',
    'test/auth/refresh-rotation.test.ts > ends when it is not used',
  ),
  '7.3.2 L2': met(
    'Sessions end at an absolute limit',
    'test/auth/standards.test.ts > a session ends at its absolute limit, however often it is refreshed',
    'test/auth/access-token-profile.test.ts > never outlives its session',
  ),
  '7.4.1 L1': met(
    'A session that was ended is of no further use',
    'test/auth/sign-out.test.ts > refuses the access token at once and the refresh token for good',
    'test/auth/sign-out.test.ts > in another instance is seen here after the poll',
    'test/auth/races.test.ts > leave no token alive when they refresh while their session is ended',
  ),
  '7.4.2 L1': met(
    'All sessions end when an account is disabled or deleted',
    'test/auth/users.test.ts > that is disabled ends its sessions at once and lets nobody in',
    'test/auth/users.test.ts > is erased in every module, and its address is free',
  ),
  '7.4.3 L2': met(
    'Other sessions end after a factor has changed',
    'test/auth/password-reset.test.ts > are changed by who knows the present one: every session ends',
    'test/auth/mfa.test.ts > makes the session one of two factors',
  ),
  '7.4.4 L2': none('Every page shows how to sign out', noInterface),
  '7.4.5 L2': met(
    'Operators can end the sessions of a person',
    'test/auth/password-reset.test.ts > are made useless by an operator',
  ),
  '7.5.1 L2': met(
    'Changing how somebody gets in needs a fresh authentication',
    'test/auth/fresh-authentication.test.ts > a route that changes how somebody gets in',
  ),
  '7.5.2 L2': open(
    'People see their sessions and, having authenticated again, end any',
    'They see and end them without authenticating again: taking access away must not wait for a factor that may have been stolen with the session.',
  ),
  '7.5.3 L3': met(
    'Sensitive operations need another authentication',
    'test/auth/step-up.test.ts > says what it needs (RFC 9470), and is open after a step-up',
  ),
  '7.6.1 L2': met(
    'Lifetimes of federated sessions are as documented',
    'test/auth/sso-hostile.test.ts > that is older than what was asked for is refused',
  ),
  '7.6.2 L2': met(
    'A session is opened by an action of its user alone',
    'test/auth/assurance-matrix.test.ts > gives no session below level',
  ),
  '9.1.1 L1': met('Signatures are validated before the content is trusted', forgeries),
  '9.1.2 L1': met(
    'Algorithms are on an allow-list, without "none"',
    'test/auth/access-token-attacks.test.ts > is not alg',
  ),
  '9.1.3 L1': met(
    'Keys come from configured places only, not from jku, x5u or jwk',
    'test/auth/access-token-attacks.test.ts > is not a jku',
    'test/auth/access-token-attacks.test.ts > is not a jwk',
    'test/auth/access-token-attacks.test.ts > is not an x5u',
    'test/auth/access-token-attacks.test.ts > cannot keep the vault busy by made-up key names',
  ),
  '9.2.1 L1': met(
    'Tokens are used within their time',
    'test/auth/access-token-profile.test.ts > ends when its time is up, with 5 s for clocks that differ',
    'test/auth/access-token-attacks.test.ts > is not an expiry that has passed',
    'test/auth/access-token-attacks.test.ts > is not a start in the future',
  ),
  '9.2.2 L2': met(
    'Tokens are of the type that their use needs',
    'test/auth/access-token-attacks.test.ts > is not typ',
    'test/auth/service-accounts.test.ts > a JWT of another kind under the same secret is no signed request',
    'test/auth/mfa.test.ts > is no access token and no refresh token',
  ),
  '9.2.3 L2': met(
    'Tokens for another audience are refused',
    'test/auth/access-token-attacks.test.ts > is not another audience',
    'test/auth/access-token-attacks.test.ts > is not no audience',
  ),
  '9.2.4 L2': met(
    'Tokens under one key name the audience that they are for',
    'test/auth/access-token-profile.test.ts > is for every audience of the settings',
  ),
}
