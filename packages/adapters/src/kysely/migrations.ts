import { providerSettings0002 } from './agents/migrations/0002-provider-settings.ts'
import { agentApprovals0051 } from './agents/migrations/0051-approvals.ts'
import { summaries0070 } from './agents/migrations/0070-summaries.ts'
import { attachments0080 } from './agents/migrations/0080-attachments.ts'
import { searchableItems0081 } from './agents/migrations/0081-searchable-items.ts'
import { files0060 } from './agents/migrations/0060-files.ts'
import { usageTime0061 } from './agents/migrations/0061-usage-time.ts'
import { agentRuns0050 } from './agents/migrations/0050-runs.ts'
import { conversations0001 } from './agents/migrations/0001-conversations.ts'
import { sessions0002 } from './auth/migrations/0002-sessions.ts'
import { factors0003 } from './auth/migrations/0003-factors.ts'
import { passwords0004 } from './auth/migrations/0004-passwords.ts'
import { serviceAccounts0005 } from './auth/migrations/0005-service-accounts.ts'
import { apiKeys0006 } from './auth/migrations/0006-api-keys.ts'
import { passkeys0010 } from './auth/migrations/0010-passkeys.ts'
import { magicLinks0011 } from './auth/migrations/0011-magic-links.ts'
import { accounts0014 } from './auth/migrations/0014-accounts.ts'
import { signUp0013 } from './auth/migrations/0013-sign-up.ts'
import { sso0012 } from './auth/migrations/0012-sso.ts'
import { users0001 } from './auth/migrations/0001-users.ts'
import { inbox0001 } from './billing/migrations/0001-inbox.ts'
import { commands0003 } from './billing/migrations/0003-commands.ts'
import { marks0022 } from './billing/migrations/0022-marks.ts'
import { lapses0023 } from './billing/migrations/0023-lapses.ts'
import { retiredCustomers0024 } from './billing/migrations/0024-retired-customers.ts'
import { projections0002 } from './billing/migrations/0002-projections.ts'
import { quotas0021 } from './billing/migrations/0021-quotas.ts'
import { usage0020 } from './billing/migrations/0020-usage.ts'
import type { Migration } from './migration.ts'
import { audit0004 } from './platform/migrations/0004-audit.ts'
import { deliveries0005 } from './platform/migrations/0005-deliveries.ts'
import { idempotencyKeys0002 } from './platform/migrations/0002-idempotency-keys.ts'
import { jobs0003 } from './platform/migrations/0003-jobs.ts'
import { outbox0001 } from './platform/migrations/0001-outbox.ts'
import { invitations0002 } from './tenant/migrations/0002-invitations.ts'
import { lifecycle0003 } from './tenant/migrations/0003-lifecycle.ts'
import { activity0004 } from './tenant/migrations/0004-activity.ts'
import { roles0007 } from './tenant/migrations/0007-roles.ts'
import { deadDeliveries0007 } from './platform/migrations/0007-dead-deliveries.ts'
import { webhooks0006 } from './platform/migrations/0006-webhooks.ts'
import { probes0002 } from './status/migrations/0002-probes.ts'
import { subscriptions0003 } from './status/migrations/0003-subscriptions.ts'
import { status0001 } from './status/migrations/0001-status.ts'
import { tenants0001 } from './tenant/migrations/0001-tenants.ts'

/** Every migration, modules in the order in which they build on each other. New ones go to the end of their module. */
export const migrations: readonly Migration[] = [
  outbox0001,
  idempotencyKeys0002,
  jobs0003,
  audit0004,
  deliveries0005,
  tenants0001,
  invitations0002,
  lifecycle0003,
  webhooks0006,
  deadDeliveries0007,
  activity0004,
  roles0007,
  status0001,
  probes0002,
  subscriptions0003,
  users0001,
  sessions0002,
  factors0003,
  passwords0004,
  serviceAccounts0005,
  apiKeys0006,
  passkeys0010,
  magicLinks0011,
  sso0012,
  signUp0013,
  accounts0014,
  inbox0001,
  projections0002,
  commands0003,
  usage0020,
  quotas0021,
  marks0022,
  lapses0023,
  retiredCustomers0024,
  conversations0001,
  providerSettings0002,
  agentRuns0050,
  agentApprovals0051,
  files0060,
  usageTime0061,
  summaries0070,
  attachments0080,
  searchableItems0081,
]
