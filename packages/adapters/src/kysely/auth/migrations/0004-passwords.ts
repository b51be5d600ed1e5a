import type { Migration } from '../../migration.ts'

// Failures are counted for accounts that do not exist too, so the key is a digest and refers to nothing. A credential keeps the
// hashes before it, newest first, as [{ passwordHash, pepperId }].
export const passwords0004: Migration = {
  name: 'auth/0004-passwords',
  sql: `
alter table corbel_users add column failed_attempts integer not null default 0;
create table corbel_attempts (
  key text collate "C" primary key,
  failed_at timestamptz[] not null,
  locked_until timestamptz,
  expires_at timestamptz not null
);
create index corbel_attempts_expires_idx on corbel_attempts (expires_at);
alter table corbel_credentials add column previous jsonb not null default '[]'::jsonb;
create table corbel_password_resets (
  user_id text collate "C" primary key references corbel_users (id) on delete cascade,
  id text collate "C" not null,
  email text collate "C" not null,
  digest text collate "C" not null constraint corbel_password_resets_digest_key unique,
  expires_at timestamptz not null,
  redeemed_at timestamptz
);
create index corbel_password_resets_expires_idx on corbel_password_resets (expires_at);
`,
}
