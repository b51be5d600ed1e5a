import { defineSettings } from '../module/define-settings.ts'
import { integer, opaque } from '../module/setting-types.ts'

export const TenantModuleSettings = defineSettings({
  statusPollSeconds: {
    env: 'TENANT_STATUS_POLL_SECONDS',
    section: 'tenant',
    summary:
      'Seconds after which an instance reads again which tenants were suspended or reopened elsewhere; it acts on it after three times as long at the latest.',
    schema: integer({ min: 1, max: 60 }),
    default: 5,
  },
  invitationPepper: {
    env: 'TENANT_INVITATION_PEPPER',
    section: 'secrets',
    summary: 'Keys the tokens in invitations to a team. Changing it makes open invitations useless.',
    schema: opaque('a secret'),
    secret: true,
    required: ['local', 'staging', 'production'],
    fix: 'Make one and keep it: openssl rand -base64 32',
  },
})
