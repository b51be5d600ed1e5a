import { defineJobs } from '../module/define-jobs.ts'

export const TenantJobs = defineJobs({
  purgeInvitations: {
    name: 'tenant.invitation.purge',
    summary: 'Forgets invitations that ended more than 30 days ago.',
    every: '1h',
  },
  purgeActivity: {
    name: 'tenant.activity.purge',
    summary: 'Forgets activity of more than 90 days ago.',
    every: '1h',
  },
})
