import type { RevocationReason, SessionId, UserId } from '@corbel/auth/ports'
import type { Id } from '@corbel/core/ports'

export interface AuthTables {
  corbel_users: {
    id: UserId
    email: string
    display_name: string | null
    email_verified: boolean
    operator: boolean
    terms_accepted_at: Date | null
    created_at: Date
  }
  corbel_credentials: { user_id: UserId; password_hash: string; pepper_id: string }
  corbel_email_verifications: {
    user_id: UserId
    id: Id<'emv'>
    email: string
    digest: string
    expires_at: Date
    redeemed_at: Date | null
  }
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
    revoked_at: Date | null
    revocation_reason: RevocationReason | null
  }
  corbel_refresh_tokens: {
    digest: string
    tenant_id: Id<'ten'>
    session_id: SessionId
    expires_at: Date
    replaced_at: Date | null
    successor_digest: string | null
    successor_expires_at: Date | null
  }
}
