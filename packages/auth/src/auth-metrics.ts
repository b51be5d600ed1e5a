import { defineMetrics } from '@corbel/core'

export const AuthMetrics = defineMetrics({
  signUp: {
    name: 'corbel_auth_sign_up_total',
    kind: 'counter',
    help: 'Registrations by outcome: registered, repeated (the address has an account).',
    labels: ['outcome'],
  },
  signIn: {
    name: 'corbel_auth_sign_in_total',
    kind: 'counter',
    help: 'Sign-ins by outcome: success, invalid_credentials, not_a_member.',
    labels: ['outcome'],
  },
  refresh: {
    name: 'corbel_auth_refresh_total',
    kind: 'counter',
    help: 'Refreshes by outcome: rotated, repeated (within the grace), reused (the session was ended), refused.',
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
})
