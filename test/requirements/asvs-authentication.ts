import { met, none, open, type Requirements } from './requirement.ts'

const noInterface = 'There is no user interface.'

/** OWASP ASVS 5.0, chapter 6. */
export const asvsAuthentication: Requirements = {
  '6.1.1 L1': met(
    'Controls against stuffing and brute force are documented, and do not lock people out',
    'test/docs.test.ts > the generated reference',
    'test/auth/lockout.test.ts > by strangers does not reach a device that has signed in before',
  ),
  '6.1.2 L2': met(
    'Words of the context that passwords must not use are documented',
    'packages/auth/src/passwords/guess-cost.test.ts > knows the names around an account',
  ),
  '6.1.3 L2': met(
    'Every way to sign in is documented, with the strength that all of them have',
    'test/auth/assurance-matrix.test.ts > gives no session below level',
    'test/auth/metrics.test.ts > documents every endpoint',
  ),
  '6.2.1 L1': met(
    'Passwords have at least 8 characters, better 15',
    'test/auth/registration.test.ts > refuses a short password and changes nothing',
    'test/auth/password-reset.test.ts > are refused when they are too short',
  ),
  '6.2.2 L1': met(
    'People can change their password',
    'test/auth/password-reset.test.ts > are changed by who knows the present one',
  ),
  '6.2.3 L1': met(
    'Changing it takes the present one and the new one',
    'test/auth/password-reset.test.ts > are not changed with a wrong present one',
  ),
  '6.2.4 L1': met(
    'The 3,000 most used passwords that satisfy the policy are refused',
    'packages/auth/src/passwords/guess-cost.test.ts > holds the 3,000 most used passwords',
    'test/auth/password-reset.test.ts > are refused when they are common',
  ),
  '6.2.5 L1': met(
    'No rule says which characters there must be',
    'test/auth/standards.test.ts > needs no digit, capital or symbol, and does not expire',
  ),
  '6.2.6 L1': none('Fields mask passwords', noInterface),
  '6.2.7 L1': met(
    'Pasting and password managers work',
    'test/auth/password-reset.test.ts > password managers find the page that changes a password',
  ),
  '6.2.8 L1': met(
    'Passwords are verified as typed: not cut, not changed in case',
    'test/auth/standards.test.ts > may have 128 characters of any script, and each of them counts',
    'packages/auth/src/users/passwords.test.ts > count their spaces and their case',
    'test/auth/passwords.test.ts > W-01: counts to its last character',
  ),
  '6.2.9 L2': met(
    'Passwords of 64 characters are possible',
    'test/auth/standards.test.ts > may have 128 characters of any script, and each of them counts',
  ),
  '6.2.10 L2': met(
    'Passwords do not expire',
    'test/auth/standards.test.ts > needs no digit, capital or symbol, and does not expire',
  ),
  '6.2.11 L2': met(
    'Words of the context are refused',
    'test/auth/password-reset.test.ts > are refused when they are the tenant and the product',
    'test/auth/password-reset.test.ts > are refused when they are the address',
  ),
  '6.2.12 L2': met(
    'Passwords are checked against breached ones',
    'test/auth/password-reset.test.ts > a breach check',
    'packages/auth/src/passwords/guess-cost.test.ts > the blocklist',
  ),
  '6.3.1 L1': met(
    'Controls against stuffing and brute force work',
    'test/auth/lockout.test.ts > follows 5 failures within 60 minutes',
    'test/auth/lockout.test.ts > of a network follows 50 failures in 10 minutes',
    'test/auth/lockout.test.ts > is not outrun by 64 guesses at once',
  ),
  '6.3.2 L1': met(
    'There are no default accounts',
    'test/auth/standards.test.ts > there is no account before somebody makes one',
    'test/host/start.test.ts > has written the password of the operator nowhere',
  ),
  '6.3.3 L2': met(
    'A second factor is required where it is configured to be',
    'test/auth/mfa-policy.test.ts > lets in who enrols one at the next sign-in, and not before',
    'test/auth/assurance-matrix.test.ts > in a tenant whose policy is required',
  ),
  '6.3.4 L2': met(
    'Every way to sign in has the same strength, and none is undocumented',
    'test/auth/assurance-matrix.test.ts > gives no session below level',
  ),
  '6.3.5 L3': open(
    'People are told of suspicious attempts to sign in',
    'Attempts, lockouts and reuse are in the audit trail and are events; no mail is sent of a failed attempt, for anybody could cause it.',
  ),
  '6.3.6 L3': open(
    'E-mail is no factor',
    'Verification and reset go by e-mail; a reset signs nobody in and bypasses no second factor.',
  ),
  '6.3.7 L3': met(
    'People are told when their credentials change',
    'test/auth/password-reset.test.ts > are changed by who knows the present one: every session ends, and a mail says so',
    'test/auth/mfa.test.ts > tells the owner by mail',
  ),
  '6.3.8 L3': met(
    'Nobody learns who has an account',
    'test/auth/enumeration.test.ts > W-14: registering',
    'test/auth/enumeration.test.ts > W-14: signing in',
    'test/auth/lockout.test.ts > W-14: is the same for an address without an account',
    'test/auth/password-reset.test.ts > W-14: forgotten ones are answered alike',
    'test/auth/statements.test.ts > of registering: as many for an address that has an account',
  ),
  '6.4.1 L1': met(
    'Secrets that the system makes are random and short-lived',
    'test/auth/password-reset.test.ts > are reset by the newest mail only, for 30 minutes',
    'test/auth/email-verification.test.ts > ends with the time of the token',
  ),
  '6.4.2 L1': met(
    'There are no hints and no questions',
    'test/auth/standards.test.ts > no endpoint takes a hint or the answer to a question',
  ),
  '6.4.3 L2': met(
    'Resetting a password bypasses no second factor',
    'test/auth/standards.test.ts > a reset password still needs the second factor',
  ),
  '6.4.4 L2': met(
    'A lost factor is replaced on proof as strong as at enrolment',
    'test/auth/mfa.test.ts > stands in for the app, each one once',
    'test/auth/mfa-policy.test.ts > does not let a challenge enrol beside an enrolled factor',
  ),
  '6.4.5 L3': none('People are reminded before a credential expires', 'No credential of a person expires.'),
  '6.4.6 L3': met(
    'Operators can start a reset, and choose no password',
    'test/auth/password-reset.test.ts > are made useless by an operator, who learns and chooses nothing',
  ),
  '6.5.1 L2': met(
    'Recovery codes, mailed tokens and TOTP codes work once',
    'test/auth/mfa.test.ts > W-06: a code of an authenticator app',
    'test/auth/races.test.ts > open one session with one recovery code',
    'test/auth/password-reset.test.ts > are reset once by 64 callers with one token',
    'test/auth/email-verification.test.ts > works once, also for 64 callers at once',
  ),
  '6.5.2 L2': met(
    'Recovery codes are kept as digests',
    'test/auth/secrecy.test.ts > keeps no secret of a second factor',
    'test/auth/stolen-database.test.ts > has no secret that was ever sent',
  ),
  '6.5.3 L2': met(
    'Codes and seeds come from a cryptographic generator',
    'packages/core/src/kernel/random.test.ts > hands out every byte value about equally often',
    'packages/core/src/kernel/random.test.ts > never hands out the same bytes twice',
  ),
  '6.5.4 L2': met(
    'Recovery codes and mailed codes have 20 bits or more',
    'test/auth/standards.test.ts > a recovery code has 80 bits or more, a mailed token 256',
  ),
  '6.5.5 L2': open(
    'Mailed codes work for at most 10 minutes, TOTP codes for 30 seconds',
    'A link that resets a password works for 30 minutes and one that verifies an address for a day: mail can be late, and neither signs anybody in. TOTP accepts one step before and after, once.',
  ),
  '6.5.6 L3': met(
    'A factor can be revoked',
    'test/auth/assurance-matrix.test.ts > with a factor that is removed',
    'test/auth/mfa.test.ts > ends when new ones are made',
  ),
  '6.5.7 L3': none('Biometrics are a secondary factor only', 'The server sees no biometrics.'),
  '6.5.8 L3': met(
    'TOTP is checked by the time of the server',
    'packages/auth/src/factors/totp.test.ts > is found one step early and one late, and no further',
  ),
  '6.6.1 L2': none('Codes by telephone', 'Nothing is sent by telephone.'),
  '6.6.2 L2': met(
    'A challenge belongs to the sign-in that it was given to',
    'test/auth/mfa.test.ts > works for the client that it was given to',
  ),
  '6.6.3 L2': met(
    'Guessing codes is limited',
    'test/auth/mfa.test.ts > takes five attempts',
    'test/auth/mfa.test.ts > has one budget of failures with the password',
  ),
  '6.6.4 L3': none('Push notifications are limited', 'There are none.'),
  '6.8.2 L2': met(
    'Signatures of assertions of an identity provider are validated',
    'test/auth/sso-hostile.test.ts > signed with a key that is not published is refused',
    'test/auth/sso-hostile.test.ts > without a signature is refused',
  ),
  '6.8.1 L2': met(
    'A federated identity is provider and subject',
    'test/auth/sso.test.ts > belongs to one identity at a time',
    'test/auth/sso.test.ts > is never linked by an address that is unverified',
  ),
  '6.8.3 L2': none('SAML assertions are processed once', 'There is no SAML adapter.'),
  '6.8.4 L2': met(
    'The strength of a federated sign-in is verified',
    'test/auth/sso-hostile.test.ts > counts for two factors when the connection says so and the domain is proved',
  ),
  '6.7.1 L3': none('Certificates that verify assertions are protected', 'No certificate verifies anything.'),
  '6.7.2 L3': met(
    'Challenges have 64 bits and are unique',
    'test/auth/passkeys.test.ts > begins with a challenge of its own that names no account',
    'test/auth/passkeys.test.ts > takes a challenge once',
  ),
}
