import { defineSettings } from '../module/define-settings.ts'
import { integer, line, opaque } from '../module/setting-types.ts'

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
  probeSeconds: {
    env: 'STATUS_PROBE_SECONDS',
    section: 'notifications',
    summary:
      'Seconds between two looks at the components of the status page that have a check. The same on every replica.',
    schema: integer({ min: 1, max: 300 }),
    default: 30,
  },
})
