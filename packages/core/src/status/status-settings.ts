import { defineSettings } from '../module/define-settings.ts'
import { integer, list, opaque } from '../module/setting-types.ts'

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
  notifierChannels: {
    env: 'STATUS_NOTIFIER_CHANNELS',
    section: 'notifications',
    summary:
      'Channels that are told of incidents, by their names in SLACK_CHANNELS: your own, and those that you share with tenants. Empty: none is, and only subscribers are told.',
    schema: list(),
    default: [],
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
