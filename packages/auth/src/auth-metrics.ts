import { defineMetrics } from '@corbel/core'

export const AuthMetrics = defineMetrics({
  signUp: {
    name: 'corbel_auth_sign_up_total',
    kind: 'counter',
    help: 'Registrations by outcome: registered, repeated (the address has an account), reserved (it is invited, and the invitation was not shown), refused.',
    labels: ['outcome'],
  },
  accessRequest: {
    name: 'corbel_auth_access_request_total',
    kind: 'counter',
    help: 'Requests to be let in by outcome: pending, dropped (there is nothing to decide), refused.',
    labels: ['outcome'],
  },
  signIn: {
    name: 'corbel_auth_sign_in_total',
    kind: 'counter',
    help: 'Sign-ins by outcome: success, challenged (a second factor is asked for), invalid_credentials, invalid_passkey, invalid_magic_link, email_unverified, not_a_member, sso_state, sso_refused, sso_not_linked.',
    labels: ['outcome'],
  },
  refresh: {
    name: 'corbel_auth_refresh_total',
    kind: 'counter',
    help: 'Refreshes by outcome: rotated, repeated (within the grace), reused (the session was ended), refused.',
    labels: ['outcome'],
  },
  auditedRefusals: {
    name: 'corbel_auth_audited_refusals_total',
    kind: 'counter',
    help: 'Refused attempts by outcome: written (to the audit trail), beyond_quota (counted here only), failure.',
    labels: ['outcome'],
  },
  tokenCache: {
    name: 'corbel_auth_token_cache_total',
    kind: 'counter',
    help: 'Look-ups of verified access tokens by outcome: hit, miss.',
    labels: ['outcome'],
  },
  revocationPoll: {
    name: 'corbel_auth_revocation_poll_total',
    kind: 'counter',
    help: 'Questions for sessions ended elsewhere by outcome: success, failure.',
    labels: ['outcome'],
  },
  credentialIssued: {
    name: 'corbel_auth_credential_issued_total',
    kind: 'counter',
    help: 'Credentials of declared service accounts by outcome: signed, browser, refused.',
    labels: ['outcome'],
  },
  clientToken: {
    name: 'corbel_auth_client_token_total',
    kind: 'counter',
    help: 'Calls of POST /oauth/token by grant and outcome: issued, refused.',
    labels: ['grant', 'outcome'],
  },
})
