import type { Migration } from '../../migration.ts'

// The reasons for which a session ends are a type of the repository; a list of them here had to be replaced with each new one.
export const accounts0014: Migration = {
  name: 'auth/0014-accounts',
  sql: `
alter table corbel_users
  add column given_name text,
  add column family_name text,
  add column avatar_url text,
  add column timezone text,
  add column locale text,
  add column registrant text collate "C",
  add column disabled_at timestamptz,
  add column disabled_by text collate "C"
    constraint corbel_users_disabled_by_check check (disabled_by in ('user', 'operator', 'erasure')),
  add constraint corbel_users_disabled_check check ((disabled_at is null) = (disabled_by is null));
create table corbel_email_changes (
  user_id text collate "C" constraint corbel_email_changes_pkey primary key references corbel_users (id) on delete cascade,
  id text collate "C" not null,
  email text collate "C" not null,
  previous_email text collate "C" not null,
  digest text collate "C" not null constraint corbel_email_changes_digest_key unique,
  expires_at timestamptz not null,
  redeemed_at timestamptz
);
create index corbel_email_changes_expires_idx on corbel_email_changes (expires_at);
create table corbel_notification_preferences (
  user_id text collate "C" not null references corbel_users (id) on delete cascade,
  channel text collate "C" not null,
  category text collate "C" not null,
  enabled boolean not null,
  constraint corbel_notification_preferences_pkey primary key (user_id, channel, category)
);
alter table corbel_sessions drop constraint corbel_sessions_reason_check;
alter table corbel_sessions
  add column place text,
  add column impersonator_id text collate "C";
`,
}
