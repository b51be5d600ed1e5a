import type { Migration } from '../../migration.ts'

// One verification per user. A used one stays until it expires, so that storing it again does not revive it.
export const users0001: Migration = {
  name: 'auth/0001-users',
  sql: `
create table corbel_users (
  id text collate "C" primary key,
  email text collate "C" not null constraint corbel_users_email_key unique,
  display_name text,
  email_verified boolean not null,
  operator boolean not null,
  terms_accepted_at timestamptz,
  created_at timestamptz not null
);
create index corbel_users_operator_idx on corbel_users (id) where operator;
create table corbel_credentials (
  user_id text collate "C" primary key references corbel_users (id) on delete cascade,
  password_hash text collate "C" not null,
  pepper_id text collate "C" not null
);
create table corbel_email_verifications (
  user_id text collate "C" primary key references corbel_users (id) on delete cascade,
  id text collate "C" not null,
  email text collate "C" not null,
  digest text collate "C" not null constraint corbel_email_verifications_digest_key unique,
  expires_at timestamptz not null,
  redeemed_at timestamptz
);
create index corbel_email_verifications_expires_idx on corbel_email_verifications (expires_at);
`,
}
