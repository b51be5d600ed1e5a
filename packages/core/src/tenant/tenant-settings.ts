import { email } from '../kernel/text.ts'
import { defineSettings } from '../module/define-settings.ts'
import { integer, jsonOrPairs, line, opaque } from '../module/setting-types.ts'

export const TenantModuleSettings = defineSettings({
  contactRecipient: {
    env: 'CONTACT_RECIPIENT',
    section: 'notifications',
    summary: 'Address that is mailed what people write with the contact form. Absent: the form is closed.',
    schema: line(254)
      .refine((address) => email.safeParse(address).success)
      .describe('an e-mail address'),
    example: 'hello@example.com',
  },
  notifierChannels: {
    env: 'TENANT_NOTIFIER_CHANNELS',
    section: 'notifications',
    summary:
      'Channels that are told what a tenant must not miss, such as the end of its subscription: names in SLACK_CHANNELS by the id of the tenant.',
    schema: jsonOrPairs(),
    default: {},
    example: 'ten_01kdvdna0074tj3nzf291eq44x=acme',
  },
  clientLogSecret: {
    env: 'FRONTEND_LOG_SECRET',
    section: 'observability',
    summary: 'Signs the lines that front ends want to be logged. Absent: none are taken.',
    schema: opaque('a secret'),
    secret: true,
    fix: 'Make one and give it to the server of the front end: openssl rand -base64 32',
  },
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
