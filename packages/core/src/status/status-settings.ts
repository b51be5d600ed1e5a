import { defineSettings } from '../module/define-settings.ts'
import { line, opaque } from '../module/setting-types.ts'

export const StatusSettings = defineSettings({
  subscriptionPepper: {
    env: 'STATUS_SUBSCRIPTION_PEPPER',
    section: 'secrets',
    summary:
      'Keys the digests of the addresses that are told of incidents, and the tokens that they are sent. Changing it makes every link to unsubscribe useless.',
    schema: opaque('a secret'),
    secret: true,
    required: ['local', 'staging', 'production'],
    fix: 'Make one and keep it: openssl rand -base64 32',
  },
  notifierChannel: {
    env: 'STATUS_NOTIFIER_CHANNEL',
    section: 'notifications',
    summary:
      'Channel that is told of incidents, by its name in SLACK_CHANNELS. Absent: none is, and only subscribers are told.',
    schema: line(200),
    example: 'status',
  },
})
