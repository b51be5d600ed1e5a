import { definePlans } from './plan.ts'

/** What is sold where nobody has declared anything else. */
export const defaultPlans = definePlans([
  {
    code: 'starter',
    name: 'Starter',
    summary: 'For a team that begins.',
    prices: [
      { interval: 'month', currency: 'usd', unitAmount: '2000', per: 'seat' },
      { interval: 'year', currency: 'usd', unitAmount: '20000', per: 'seat' },
    ],
    trialDays: 14,
    seats: { included: 1, max: 10 },
    entitlements: {
      'agent-messages': { limit: 1000, per: 'period', enforcement: 'hard' },
      'audit-export': false,
    },
  },
  {
    code: 'pro',
    name: 'Pro',
    summary: 'For a company that depends on it.',
    prices: [
      { interval: 'month', currency: 'usd', unitAmount: '9900', per: 'seat' },
      { interval: 'year', currency: 'usd', unitAmount: '99000', per: 'seat' },
    ],
    trialDays: 14,
    seats: { included: 1, max: null },
    entitlements: {
      'agent-messages': { limit: 50_000, per: 'period', enforcement: 'soft' },
      'audit-export': true,
    },
  },
])
