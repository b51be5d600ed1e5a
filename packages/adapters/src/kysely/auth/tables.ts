import type { Credential, ApiKeyId, ClientPublicKey, ServiceAccountId } from '@corbel/auth/ports'
import type { IdentityRecord, SsoConnectionRecord } from '@corbel/auth/ports'
import type { FactorId, FactorKind, MfaPolicy, RevocationReason, SessionId, UserId } from '@corbel/auth/ports'
import type { ConsentRecord, SignUpInviteId, SignUpRequestId, SignUpRequestRecord } from '@corbel/auth/ports'
import type { Id } from '@corbel/core/ports'
import type { Generated } from 'kysely'

/** The newest token that a mail carried to a user. A used one stays until it expires. */
interface MailedTokenTable<Prefix extends string> {
  user_id: UserId
  id: Id<Prefix>
  email: string
  digest: string
  expires_at: Date
  redeemed_at: Date | null
}

export interface AuthTables {
  corbel_users: {
    id: UserId
    email: string
    display_name: string | null
    email_verified: boolean
    operator: boolean
    terms_accepted_at: Date | null
    created_at: Date
    failed_attempts: Generated<number>
    given_name: Generated<string | null>
    family_name: Generated<string | null>
    avatar_url: Generated<string | null>
    timezone: Generated<string | null>
    locale: Generated<string | null>
    registrant: string | null
    disabled_at: Generated<Date | null>
    disabled_by: Generated<'user' | 'operator' | 'erasure' | null>
  }
  corbel_attempts: {
    key: string
    failed_at: Date[]
    locked_until: Date | null
    expires_at: Date
  }
  corbel_credentials: {
    user_id: UserId
    password_hash: string
    pepper_id: string
    previous: Generated<Credential[]>
  }
  corbel_password_resets: MailedTokenTable<'pwr'>
  corbel_email_verifications: MailedTokenTable<'emv'>
  corbel_email_changes: MailedTokenTable<'emc'> & { previous_email: string }
  corbel_notification_preferences: { user_id: UserId; channel: string; category: string; enabled: boolean }
  corbel_sessions: {
    tenant_id: Id<'ten'>
    id: SessionId
    user_id: UserId
    created_at: Date
    last_seen_at: Date
    expires_at: Date
    user_agent: string | null
    ip_prefix: string | null
    aal: 1 | 2
    amr: string[]
    authenticated_at: Date
    place: string | null
    impersonator_id: UserId | null
    revoked_at: Date | null
    revocation_reason: RevocationReason | null
    generation: Generated<number>
  }
  corbel_refresh_tokens: {
    digest: string
    tenant_id: Id<'ten'>
    session_id: SessionId
    expires_at: Date
    replaced_at: Date | null
    successor_digest: string | null
    successor_expires_at: Date | null
    generation: Generated<number>
  }
  corbel_factors: {
    user_id: UserId
    id: FactorId
    kind: FactorKind
    label: string | null
    secret: string | null
    created_at: Date
    confirmed_at: Date | null
    last_used_at: Date | null
    last_step: number | null
  }
  corbel_passkeys: {
    user_id: UserId
    id: FactorId
    credential_id: string
    public_key: string
    counter: number
    transports: string[]
    backup_eligible: boolean
    backed_up: boolean
  }
  corbel_magic_links: MailedTokenTable<'mgl'> & { code_digest: string; code_challenge: string | null }
  corbel_recovery_codes: { user_id: UserId; place: number; digest: string }
  corbel_sign_in_challenges: {
    tenant_id: Id<'ten'>
    digest: string
    user_id: UserId
    client: string
    amr: string[]
    attempts: number
    expires_at: Date
    redeemed_at: Date | null
  }
  corbel_mfa_policies: { tenant_id: Id<'ten'>; policy: MfaPolicy }
  corbel_service_accounts: {
    id: ServiceAccountId
    tenant_id: Id<'ten'>
    name: string
    scopes: string[]
    secret_digest: string | null
    public_key: ClientPublicKey | null
    created_by: UserId
    created_at: Date
    revoked_at: Date | null
  }
  corbel_revoked_access_tokens: { id: Id<'act'>; tenant_id: Id<'ten'>; revoked_at: Date }
  corbel_sign_up_invites: {
    id: SignUpInviteId
    digest: string
    email: string | null
    note: string | null
    max_redemptions: number
    redemptions: number
    request_id: SignUpRequestId | null
    created_by: UserId | null
    created_at: Date
    expires_at: Date
    revoked_at: Date | null
  }
  corbel_sign_up_reservations: { email: string; invite_id: SignUpInviteId; expires_at: Date }
  corbel_sign_up_requests: {
    id: SignUpRequestId
    email: string
    name: string | null
    organization: string | null
    message: string | null
    status: SignUpRequestRecord['status']
    reason: string | null
    client: string | null
    ip_prefix: string | null
    user_agent: string | null
    created_at: Date
    decided_at: Date | null
    decided_by: UserId | null
    invite_id: SignUpInviteId | null
  }
  corbel_consents: {
    user_id: UserId
    policy: ConsentRecord['policy']
    version: string
    accepted_at: Date
    ip_prefix: string | null
    user_agent: string | null
  }
  corbel_sso_connections: {
    id: SsoConnectionRecord['id']
    tenant_id: Id<'ten'> | null
    name: string
    preset: SsoConnectionRecord['preset']
    issuer: string
    client_id: string
    client_secret: string | null
    token_auth_method: SsoConnectionRecord['tokenAuthMethod']
    scopes: string[]
    enabled: boolean
    provisioning: SsoConnectionRecord['provisioning']
    domains: string[]
    role: SsoConnectionRecord['role']
    two_factor_methods: string[]
    created_at: Date
    version: number
  }
  corbel_sso_states: {
    digest: string
    tenant_id: Id<'ten'> | null
    browser: string
    connection_id: SsoConnectionRecord['id']
    user_id: UserId | null
    memo: string
    expires_at: Date
  }
  corbel_sso_domains: { tenant_id: Id<'ten'>; domain: string; verified_at: Date }
  corbel_identities: {
    id: IdentityRecord['id']
    user_id: UserId
    issuer: string
    subject: string
    email: string | null
    created_at: Date
  }
  corbel_nonces: { digest: string; expires_at: Date }
  corbel_api_keys: {
    id: ApiKeyId
    tenant_id: Id<'ten'>
    name: string
    user_id: UserId | null
    account: string | null
    fingerprint: string | null
    reason: string | null
    scopes: string[]
    digest: string
    created_at: Date
    expires_at: Date
    last_used_at: Date | null
    revoked_at: Date | null
  }
}
