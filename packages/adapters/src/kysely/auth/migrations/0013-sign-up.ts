import type { Migration } from '../../migration.ts'

// Whoever signs up has no tenant yet, so none of these rows belongs to one. A reservation is what makes an address be invited once.
export const signUp0013: Migration = {
  name: 'auth/0013-sign-up',
  sql: `
create table corbel_sign_up_invites (
  id text collate "C" primary key,
  digest text collate "C" not null constraint corbel_sign_up_invites_digest_key unique,
  email text collate "C",
  note text,
  max_redemptions integer not null,
  redemptions integer not null,
  request_id text collate "C",
  created_by text collate "C",
  created_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  constraint corbel_sign_up_invites_redemptions_check check (redemptions between 0 and max_redemptions)
);
create index corbel_sign_up_invites_email_idx on corbel_sign_up_invites (email, id) where email is not null;
create index corbel_sign_up_invites_expires_idx on corbel_sign_up_invites (expires_at);
create table corbel_sign_up_reservations (
  email text collate "C" primary key,
  invite_id text collate "C" not null constraint corbel_sign_up_reservations_invite_key unique
    references corbel_sign_up_invites (id) on delete cascade,
  expires_at timestamptz not null
);
create table corbel_sign_up_requests (
  id text collate "C" primary key,
  email text collate "C" not null,
  name text,
  organization text,
  message text,
  status text collate "C" not null,
  reason text,
  client text collate "C",
  ip_prefix text collate "C",
  user_agent text,
  created_at timestamptz not null,
  decided_at timestamptz,
  decided_by text collate "C",
  invite_id text collate "C"
);
create unique index corbel_sign_up_requests_pending_key on corbel_sign_up_requests (email) where status = 'pending';
create index corbel_sign_up_requests_client_idx on corbel_sign_up_requests (client) where status = 'pending';
create index corbel_sign_up_requests_status_idx on corbel_sign_up_requests (status, id);
create index corbel_sign_up_requests_decided_idx on corbel_sign_up_requests (decided_at) where decided_at is not null;
create table corbel_consents (
  user_id text collate "C" not null references corbel_users (id) on delete cascade,
  policy text collate "C" not null,
  version text collate "C" not null,
  accepted_at timestamptz not null,
  ip_prefix text collate "C",
  user_agent text,
  constraint corbel_consents_pkey primary key (user_id, policy, version)
);
`,
}
