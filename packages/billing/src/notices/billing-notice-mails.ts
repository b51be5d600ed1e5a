import { defineMail } from '@corbel/core'

export interface BillingNotice {
  readonly about: 'payment_failed' | 'subscription_ended' | 'quota_exceeded'
  readonly tenantName: string
  /** What the plan allows too little of; empty for what is about no feature. */
  readonly feature: string
}

const subjects: Readonly<Record<BillingNotice['about'], string>> = {
  payment_failed: 'A payment has failed',
  subscription_ended: 'The subscription has ended',
  quota_exceeded: 'More was used than the plan allows',
}

const saidOf = ({ about, tenantName, feature }: BillingNotice): readonly string[] =>
  about === 'payment_failed'
    ? [
        `A payment for ${tenantName} did not go through. It is tried again; nothing is closed yet.`,
        'Look at the way you pay, and change it if it is no longer valid:',
      ]
    : about === 'subscription_ended'
      ? [
          `The subscription of ${tenantName} is over, and with it what its plan allowed.`,
          'To go on, choose a plan:',
        ]
      : [
          `${tenantName} has used more of "${feature}" in this period than its plan allows. It goes on nevertheless.`,
          'See what was used, or choose a larger plan:',
        ]

export const billingNoticeMail = defineMail<BillingNotice>({
  name: 'billing.notice',
  summary:
    'Tells the billing contacts of a tenant of a failed payment, an ended subscription or a used-up plan.',
  sample: { about: 'quota_exceeded', tenantName: 'Acme', feature: 'messages' },
  write: (notice, { appName, publicUrl }) => ({
    subject: `${subjects[notice.about]}: ${notice.tenantName} at ${appName}`,
    body: [
      ...saidOf(notice),
      { link: publicUrl },
      `You are told this as a billing contact of ${notice.tenantName}; its settings say who is one.`,
    ],
  }),
})
