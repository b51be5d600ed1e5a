import type { Migration } from '../../migration.ts'
import { rowSecurity } from '../../tenant-tables.ts'

// Factors and codes belong to a user, who belongs to no tenant. A code that was redeemed is gone.
// Elevating a session adds one to its generation: whatever token is of an earlier one counts as replaced, also one that a rotation
// inserted at the same time, which the statement that elevates cannot see.
export const factors0003: Migration = {
  name: 'auth/0003-factors',
  sql: `
create table corbel_factors (
  user_id text collate "C" not null references corbel_users (id) on delete cascade,
  id text collate "C" not null,
  kind text collate "C" not null constraint corbel_factors_kind_check check (kind in ('totp')),
  label text,
  secret text collate "C" not null,
  created_at timestamptz not null,
  confirmed_at timestamptz,
  last_used_at timestamptz,
  last_step bigint,
  constraint corbel_factors_pkey primary key (user_id, id),
  constraint corbel_factors_confirmed_check check ((confirmed_at is null) = (last_step is null))
);
create unique index corbel_factors_pending_key on corbel_factors (user_id, kind) where confirmed_at is null;
create table corbel_recovery_codes (
  user_id text collate "C" not null references corbel_users (id) on delete cascade,
  place smallint not null,
  digest text collate "C" not null,
  constraint corbel_recovery_codes_pkey primary key (user_id, place)
);
create table corbel_sign_in_challenges (
  tenant_id text collate "C" not null references corbel_tenants (id) on delete cascade,
  digest text collate "C" not null constraint corbel_sign_in_challenges_digest_key unique,
  user_id text collate "C" not null references corbel_users (id) on delete cascade,
  client text collate "C" not null,
  amr text[] not null,
  attempts integer not null,
  expires_at timestamptz not null,
  redeemed_at timestamptz,
  constraint corbel_sign_in_challenges_pkey primary key (tenant_id, digest)
);
create index corbel_sign_in_challenges_user_idx on corbel_sign_in_challenges (user_id);
create index corbel_sign_in_challenges_expires_idx on corbel_sign_in_challenges (expires_at);
create table corbel_mfa_policies (
  tenant_id text collate "C" primary key references corbel_tenants (id) on delete cascade,
  policy text collate "C" not null
    constraint corbel_mfa_policies_policy_check check (policy in ('off', 'optional', 'required'))
);
alter table corbel_sessions drop constraint corbel_sessions_reason_check;
alter table corbel_sessions add constraint corbel_sessions_reason_check check (revocation_reason in (
  'sign-out', 'sign-out-all', 'refresh-reuse', 'factor-enrolled', 'password-changed', 'password-reset'));
alter table corbel_sessions add column generation integer not null default 1;
alter table corbel_refresh_tokens add column generation integer not null default 1;
${rowSecurity('corbel_sign_in_challenges')}
${rowSecurity('corbel_mfa_policies')}
`,
}
