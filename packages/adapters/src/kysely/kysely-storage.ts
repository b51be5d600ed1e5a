import type { AgentsRepositories } from '@corbel/agents/ports'
import type { AuthRepositories } from '@corbel/auth/ports'
import type { BillingRepositories } from '@corbel/billing/ports'
import { type AdapterInfo, type Clock, type Storage, systemClock } from '@corbel/core/ports'
import type { StatusRepositories } from '@corbel/core/status/ports'
import type { TenantRepositories } from '@corbel/core/tenant/ports'
import { CompiledQuery, type Kysely, PGliteAdapter, sql } from 'kysely'
import { EscapeGuard } from '../escape-guard.ts'
import { kyselyAgentRunRepository } from './agents/agent-run-repository.ts'
import { kyselyAgentApprovalRepository } from './agents/agent-approval-repository.ts'
import { kyselyAgentUsageRepository } from './agents/agent-usage-repository.ts'
import { kyselyConversationItems } from './agents/conversation-items.ts'
import { kyselyConversationSummaries } from './agents/conversation-summaries.ts'
import { kyselyFileRepository } from './agents/file-repository.ts'
import { kyselyProviderSettingRepository } from './agents/provider-setting-repository.ts'
import { kyselyConversationSearch } from './agents/conversation-search.ts'
import { kyselyConversationRepository } from './agents/conversation-repository.ts'
import { kyselyAttemptRepository } from './auth/attempt-repository.ts'
import { kyselyConsentRepository } from './auth/consent-repository.ts'
import { kyselySignUpInviteRepository } from './auth/sign-up-invite-repository.ts'
import { kyselySignUpRequestRepository } from './auth/sign-up-request-repository.ts'
import { kyselyEmailVerificationRepository } from './auth/email-verification-repository.ts'
import { kyselyFactorRepository } from './auth/factor-repository.ts'
import { kyselyMagicLinkRepository } from './auth/magic-link-repository.ts'
import { kyselyMfaPolicyRepository } from './auth/mfa-policy-repository.ts'
import { kyselyPasskeyRepository } from './auth/passkey-repository.ts'
import { kyselyPasswordResetRepository } from './auth/password-reset-repository.ts'
import { kyselyRecoveryCodeRepository } from './auth/recovery-code-repository.ts'
import { kyselyApiKeyRepository } from './auth/api-key-repository.ts'
import { kyselyAccountRepository } from './auth/account-repository.ts'
import { kyselyEmailChangeRepository } from './auth/email-change-repository.ts'
import { kyselyNotificationPreferenceRepository } from './auth/notification-preference-repository.ts'
import { kyselyNonceRepository } from './auth/nonce-repository.ts'
import { kyselyServiceAccountRepository } from './auth/service-account-repository.ts'
import { kyselySessionRepository } from './auth/session-repository.ts'
import { kyselySignInChallengeRepository } from './auth/sign-in-challenge-repository.ts'
import { kyselyIdentityRepository } from './auth/identity-repository.ts'
import { kyselySsoConnectionRepository } from './auth/sso-connection-repository.ts'
import { kyselySsoDomainRepository } from './auth/sso-domain-repository.ts'
import { kyselySsoStateRepository } from './auth/sso-state-repository.ts'
import { kyselyUserRepository } from './auth/user-repository.ts'
import { kyselyCommandRepository } from './billing/command-repository.ts'
import { kyselyCustomerRepository } from './billing/customer-repository.ts'
import { kyselyInboxRepository } from './billing/inbox-repository.ts'
import { kyselyProjectionRepository } from './billing/projection-repository.ts'
import { kyselyQuotaStore } from './billing/quota-store.ts'
import { kyselyReconciliationRepository } from './billing/reconciliation-repository.ts'
import { kyselyUsageRepository } from './billing/usage-repository.ts'
import type { Database } from './database.ts'
import { kyselyAuditLog } from './platform/audit-log.ts'
import { kyselyDeliveryStore } from './platform/delivery-store.ts'
import { deferredEventRecorder } from './platform/event-recorder.ts'
import { kyselyIdempotencyStore } from './platform/idempotency-store.ts'
import { kyselyJobRecorder, kyselyJobStore } from './platform/job-store.ts'
import { kyselyOutbox } from './platform/outbox.ts'
import { checkRowSecurity, requireRowScope } from './row-security.ts'
import { TenantDb } from './scoped-db.ts'
import { kyselyActivityRepository } from './tenant/activity-repository.ts'
import { kyselyComponentRepository } from './status/component-repository.ts'
import { kyselyIncidentRepository } from './status/incident-repository.ts'
import { kyselyMaintenanceRepository } from './status/maintenance-repository.ts'
import { kyselyProbeRepository } from './status/probe-repository.ts'
import { kyselySubscriptionRepository } from './status/subscription-repository.ts'
import { kyselyInvitationRepository } from './tenant/invitation-repository.ts'
import { kyselyMembershipRepository } from './tenant/membership-repository.ts'
import { kyselyRoleRepository } from './tenant/role-repository.ts'
import { kyselyTenantLifecycleRepository } from './tenant/tenant-lifecycle-repository.ts'
import { kyselyTenantRepository } from './tenant/tenant-repository.ts'
import { kyselyTenantSettingsRepository } from './tenant/tenant-settings-repository.ts'
import { kyselyWebhookRepository } from './tenant/webhook-repository.ts'

export interface KyselyRepositories {
  readonly status: StatusRepositories
  readonly tenant: TenantRepositories
  readonly auth: AuthRepositories
  readonly billing: BillingRepositories
  readonly agents: AgentsRepositories
}

export type KyselyStorage = Storage<KyselyRepositories>

export interface KyselyStorageOptions<DB> {
  /** Over Postgres 15 or newer, or PGlite. Its tables may be anybody's: Corbel's are added by `applyMigrations`. */
  readonly db: Kysely<DB>
  /** @default systemClock */
  readonly clock?: Clock
  /** What reports call it. @default 'pglite' for PGlite, else 'postgres' */
  readonly name?: string
  /**
   * `check()` refuses a role that sees through the policies: a superuser, one with BYPASSRLS, an owner that they do not bind. With
   * `ignore` it does not look: for a developer's own machine. @default 'require'
   */
  readonly rowSecurity?: 'require' | 'ignore'
}

/**
 * Keeps everything in Postgres. Plugins and schema of `db` do not apply: the connection's search path says where the tables are.
 * Calling it from inside one of its own transactions, other than through what the transaction lends, throws.
 */
export function kyselyStorage<DB>({
  db: host,
  clock = systemClock,
  name,
  rowSecurity = 'require',
}: KyselyStorageOptions<DB>): KyselyStorage {
  const root = host.withoutPlugins() as unknown as Kysely<Database>
  requireRowScope(root)
  const db = new TenantDb(root)
  const guard = new EscapeGuard()
  const isEmbedded = root.getExecutor().adapter instanceof PGliteAdapter
  return {
    adapter: { name: name ?? (isEmbedded ? 'pglite' : 'postgres'), ...(isEmbedded && { standIn }) },
    ...guard.around({
      repositories: repositories(db, clock),
      outbox: kyselyOutbox(db, clock),
      jobs: kyselyJobStore(db, clock),
      deliveries: kyselyDeliveryStore(db, clock),
      idempotency: kyselyIdempotencyStore(db, clock),
    }),
    async transaction(work) {
      guard.refuse('transaction')
      return root.transaction().execute((tx) => {
        const bound = new TenantDb(tx)
        const events = deferredEventRecorder(bound, clock)
        return guard.inside(async () => {
          const result = await work({
            repositories: repositories(bound, clock),
            events,
            jobs: kyselyJobRecorder(bound, clock),
            connection: {
              query: (text, parameters) => tx.executeQuery(CompiledQuery.raw(text, [...parameters])),
            },
          })
          await events.flush()
          return result
        })
      })
    },
    async check() {
      guard.refuse('check')
      if (rowSecurity === 'require') await checkRowSecurity(db.shared)
      else await sql`select 1`.execute(db.shared)
    },
  }
}

const standIn: NonNullable<AdapterInfo['standIn']> = {
  setting: 'DATABASE_URL',
  fix: 'Set DATABASE_URL to a Postgres database: the embedded one serves a single process.',
}

const repositories = (db: TenantDb, clock: Clock): KyselyRepositories => ({
  tenant: {
    tenants: kyselyTenantRepository(db),
    memberships: kyselyMembershipRepository(db),
    settings: kyselyTenantSettingsRepository(db),
    roles: kyselyRoleRepository(db),
    webhooks: kyselyWebhookRepository(db),
    invitations: kyselyInvitationRepository(db),
    lifecycles: kyselyTenantLifecycleRepository(db),
    activity: kyselyActivityRepository(db),
  },
  status: {
    components: kyselyComponentRepository(db),
    incidents: kyselyIncidentRepository(db),
    maintenance: kyselyMaintenanceRepository(db),
    probes: kyselyProbeRepository(db),
    subscriptions: kyselySubscriptionRepository(db),
  },
  auth: {
    users: kyselyUserRepository(db),
    sessions: kyselySessionRepository(db, clock),
    serviceAccounts: kyselyServiceAccountRepository(db, clock),
    apiKeys: kyselyApiKeyRepository(db, clock),
    nonces: kyselyNonceRepository(db),
    accounts: kyselyAccountRepository(db),
    emailChanges: kyselyEmailChangeRepository(db, clock),
    notificationPreferences: kyselyNotificationPreferenceRepository(db),
    ssoConnections: kyselySsoConnectionRepository(db, clock),
    ssoStates: kyselySsoStateRepository(db),
    ssoDomains: kyselySsoDomainRepository(db, clock),
    identities: kyselyIdentityRepository(db, clock),
    attempts: kyselyAttemptRepository(db, clock),
    passwordResets: kyselyPasswordResetRepository(db),
    emailVerifications: kyselyEmailVerificationRepository(db, clock),
    factors: kyselyFactorRepository(db, clock),
    passkeys: kyselyPasskeyRepository(db, clock),
    magicLinks: kyselyMagicLinkRepository(db, clock),
    recoveryCodes: kyselyRecoveryCodeRepository(db, clock),
    signInChallenges: kyselySignInChallengeRepository(db),
    mfaPolicies: kyselyMfaPolicyRepository(db, clock),
    signUpInvites: kyselySignUpInviteRepository(db, clock),
    signUpRequests: kyselySignUpRequestRepository(db),
    consents: kyselyConsentRepository(db),
    auditLog: kyselyAuditLog(db, clock),
  },
  billing: {
    inbox: kyselyInboxRepository(db),
    commands: kyselyCommandRepository(db),
    customers: kyselyCustomerRepository(db),
    projections: kyselyProjectionRepository(db),
    usage: kyselyUsageRepository(db),
    quotas: kyselyQuotaStore(db),
    reconciliations: kyselyReconciliationRepository(db),
  },
  agents: {
    agentRuns: kyselyAgentRunRepository(db),
    agentApprovals: kyselyAgentApprovalRepository(db),
    agentUsage: kyselyAgentUsageRepository(db),
    files: kyselyFileRepository(db),
    conversations: kyselyConversationRepository(db),
    conversationItems: kyselyConversationItems(db),
    conversationSummaries: kyselyConversationSummaries(db),
    conversationSearch: kyselyConversationSearch(db),
    providerSettings: kyselyProviderSettingRepository(db),
  },
})
