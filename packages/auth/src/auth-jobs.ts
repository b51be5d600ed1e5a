import { defineJobs } from '@corbel/core'

export const AuthJobs = defineJobs({
  purgeSessions: {
    name: 'auth.session.purge',
    summary: 'Forgets sessions that ended more than 30 days ago.',
    every: '1h',
  },
  purgePasswordResets: {
    name: 'auth.password_reset.purge',
    summary: 'Forgets reset tokens that expired more than a day ago.',
    every: '1h',
  },
  purgeAttempts: {
    name: 'auth.attempt.purge',
    summary: 'Forgets failed attempts that do not count any more.',
    every: '10m',
  },
  purgeSignInChallenges: {
    name: 'auth.sign_in_challenge.purge',
    summary: 'Forgets sign-ins that were not completed and expired more than a day ago.',
    every: '1h',
  },
  purgeMagicLinks: {
    name: 'auth.magic_link.purge',
    summary: 'Forgets mails that sign in and expired more than a day ago.',
    every: '1h',
  },
  purgeSignUps: {
    name: 'auth.sign_up.purge',
    summary:
      'Forgets invitations to sign up that ended, and requests that were decided, more than 30 days ago.',
    every: '1h',
  },
  purgeAudit: {
    name: 'auth.audit.purge',
    summary: 'Removes rows of the audit trail that are older than AUDIT_RETENTION_DAYS.',
    every: '1d',
  },
  purgeEmailVerifications: {
    name: 'auth.email_verification.purge',
    summary: 'Forgets verification tokens and changes of address that expired more than a day ago.',
    every: '1h',
  },
  purgeMachineCredentials: {
    name: 'auth.machine_credential.purge',
    summary:
      'Forgets API keys and service accounts that ended more than 30 days ago, and numbers that could be used once.',
    every: '1h',
  },
  purgeSsoStates: {
    name: 'auth.sso_state.purge',
    summary:
      'Forgets sign-ins with an identity provider that were not completed and expired more than a day ago.',
    every: '1h',
  },
})
