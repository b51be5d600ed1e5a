import type { ConnectionTools, CredentialTools, UserTools } from './tools/people-tools.ts'
import type { CatalogChange, PaymentTools } from './tools/payment-tools.ts'
import type { DeliveryTools, ShownDelivery } from './tools/delivery-tools.ts'
import type { StatusTools } from './tools/status-tools.ts'
import type { UsageTools } from './tools/usage-tools.ts'

const incident = {
  id: 'inc_1',
  title: 'Late mails',
  severity: 'minor',
  state: 'investigating',
  startedAt: '2026-01-01T00:00:00.000Z',
  resolvedAt: null,
}

const event = {
  id: 'evt_1',
  type: 'invoice.paid',
  status: 'dead',
  attempts: 3,
  tenantId: null,
  receivedAt: '2026-01-01T00:00:00.000Z',
  note: null,
}

const delivery: ShownDelivery = {
  id: 'dlv_1',
  route: 'auth.mail',
  recipient: 'usr_1',
  tenantId: null,
  status: 'dead',
  attempts: 12,
  eventType: 'auth.password.reset_requested',
  result: 'mailer/unavailable',
  createdAt: incident.startedAt,
}

/** Sells what is declared once it was told to. */
function catalogFixture(note: (what: string) => void): PaymentTools['catalog'] {
  let isSold = false
  return {
    plan: async () => (isSold ? [] : [{ do: 'create-product', plan: 'starter' } as CatalogChange]),
    async apply() {
      note('catalogue')
      isSold = true
      return { steps: [{ do: 'create-product' }], prices: { 'corbel:starter': 'price_1' } }
    },
  }
}

/** The parts of the fixture's stack that do something; each says so. */
export const toolsFixture = (note: (what: string) => void) => ({
  users: {
    async seed({ email }) {
      if (email === 'taken@example.com') return null
      note('user')
      return { email, userId: 'usr_1', tenantId: 'ten_1', password: 'password-of-the-user' }
    },
  } satisfies UserTools,
  credentials: {
    async issue({ account, tenantId }) {
      note('credential')
      return {
        jti: 'key_1',
        account,
        tenantId,
        expiresAt: '2026-02-01T00:00:00.000Z',
        token: 'token-of-the-account',
      }
    },
    async revoke(_tenantId, jti, reason) {
      note(`revoked ${jti} ${reason}`)
    },
  } satisfies CredentialTools,
  connections: {
    presets: ['custom'],
    list: async () => [],
    async create(_tenantId, { name, clientId, clientSecret }) {
      note(`connection ${clientSecret === undefined ? 'public' : 'confidential'}`)
      const shown = { name: String(name), clientId: String(clientId), issuer: 'https://idp.example.com' }
      return { ...shown, id: 'sso_1', redirectUri: 'https://app.example.com/sso/callback', enabled: true }
    },
  } satisfies ConnectionTools,
  payments: {
    catalog: catalogFixture(note),
    inbox: {
      list: async () => ({ data: [event], nextCursor: 'next' }),
      get: async (id) => ({ ...event, id, payload: { object: 'event' } }),
      async replay({ dryRun }) {
        if (!dryRun) note('replayed')
        return {
          dryRun,
          events: 1,
          differences: dryRun ? [{ type: 'invoice', id: 'in_1', field: 'status', to: 'paid' }] : [],
        }
      },
    },
    async reconcile({ cursor, dryRun }) {
      if (!dryRun) note(`reconciled ${cursor ?? 'first'}`)
      return {
        checked: 10,
        missedEvents: cursor === undefined ? ['evt_2'] : [],
        differences: [],
        nextCursor: cursor === undefined ? 'events:1:' : null,
      }
    },
  } satisfies PaymentTools,
  deliveries: {
    list: async () => ({ data: [delivery], nextCursor: null }),
    async redeliver(id) {
      note(`redelivered ${id}`)
      return { ...delivery, id, status: 'pending' }
    },
  } satisfies DeliveryTools,
  status: {
    incidents: {
      list: async () => ({ data: [incident], nextCursor: null }),
      async open({ title }) {
        note('incident')
        return { ...incident, title }
      },
      async update(id, { state }) {
        note(`incident ${state}`)
        return { ...incident, id, state }
      },
      async resend() {
        note('resent')
      },
    },
    subscriptions: {
      list: async () => ({
        data: [
          {
            id: 'sbr_1',
            channel: 'email',
            state: 'active',
            severity: 'minor',
            createdAt: incident.startedAt,
          },
        ],
        nextCursor: null,
      }),
      async remove(id) {
        note(`removed ${id}`)
      },
    },
  } satisfies StatusTools,
  usage: {
    report: async () => [
      {
        tenantId: 'ten_1',
        tenantName: '=HYPERLINK("x")',
        planCode: 'starter',
        feature: 'messages',
        from: '2026-01-01T00:00:00.000Z',
        until: '2026-02-01T00:00:00.000Z',
        used: '90',
        limit: 100,
      },
    ],
    overrides: async () => ({ sso: true, seats: 5 }),
    async override(tenantId, change) {
      note(`override ${tenantId} ${JSON.stringify(change)}`)
    },
  } satisfies UsageTools,
  async seed() {
    note('seeded')
    return ['something']
  },
})
