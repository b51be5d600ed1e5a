import type { Migration } from '../../migration.ts'
import { rowSecurity } from '../../tenant-tables.ts'

// A replaced token remembers its successor: a second caller that waited for the first one's row lock cannot see the row
// that the first one inserted, only the newest version of the row it waited for.
export const sessions0002: Migration = {
  name: 'auth/0002-sessions',
  sql: `
create table corbel_sessions (
  tenant_id text collate "C" not null references corbel_tenants (id) on delete cascade,
  id text collate "C" not null,
  user_id text collate "C" not null references corbel_users (id) on delete cascade,
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at timestamptz not null,
  user_agent text,
  ip_prefix text,
  aal smallint not null constraint corbel_sessions_aal_check check (aal in (1, 2)),
  amr text[] not null,
  authenticated_at timestamptz not null,
  revoked_at timestamptz,
  revocation_reason text collate "C"
    constraint corbel_sessions_reason_check check (revocation_reason in ('sign-out', 'sign-out-all', 'refresh-reuse')),
  constraint corbel_sessions_pkey primary key (tenant_id, id),
  constraint corbel_sessions_revoked_check check ((revoked_at is null) = (revocation_reason is null))
);
create index corbel_sessions_user_idx on corbel_sessions (user_id, tenant_id, id);
create index corbel_sessions_revoked_idx on corbel_sessions (revoked_at) where revoked_at is not null;
create index corbel_sessions_expires_idx on corbel_sessions (expires_at);
create table corbel_refresh_tokens (
  digest text collate "C" primary key,
  tenant_id text collate "C" not null,
  session_id text collate "C" not null,
  expires_at timestamptz not null,
  replaced_at timestamptz,
  successor_digest text collate "C",
  successor_expires_at timestamptz,
  constraint corbel_refresh_tokens_session_fkey foreign key (tenant_id, session_id)
    references corbel_sessions (tenant_id, id) on delete cascade,
  constraint corbel_refresh_tokens_replaced_check
    check ((replaced_at is null) = (successor_digest is null) and (replaced_at is null) = (successor_expires_at is null))
);
create index corbel_refresh_tokens_session_idx on corbel_refresh_tokens (tenant_id, session_id);
${rowSecurity('corbel_sessions')}
${rowSecurity('corbel_refresh_tokens')}
`,
}
