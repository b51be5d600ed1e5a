import { defineJobs } from '@corbel/core'

export const AuthJobs = defineJobs({
  purgeSessions: {
    name: 'auth.session.purge',
    summary: 'Forgets sessions that ended more than 30 days ago.',
    every: '1h',
  },
  purgeEmailVerifications: {
    name: 'auth.email_verification.purge',
    summary: 'Forgets verification tokens that expired more than a day ago.',
    every: '1h',
  },
})
