import type { Migration } from '../../migration.ts'

// A target is somebody's address: it is kept sealed, and told apart by its digest.
export const subscriptions0003: Migration = {
  name: 'status/0003-subscriptions',
  sql: `
create table corbel_status_subscriptions (
  id text collate "C" primary key,
  channel text collate "C" not null
    constraint corbel_status_subscriptions_channel_check check (channel in ('email', 'webhook')),
  target_digest text collate "C" not null
    constraint corbel_status_subscriptions_target_key unique,
  target text not null,
  secret text,
  severity text collate "C" not null
    constraint corbel_status_subscriptions_severity_check check (severity in ('minor', 'major', 'critical')),
  maintenance boolean not null,
  state text collate "C" not null
    constraint corbel_status_subscriptions_state_check check (state in ('pending', 'active')),
  generation integer not null,
  expires_at timestamptz,
  created_at timestamptz not null
);
create index corbel_status_subscriptions_active_idx on corbel_status_subscriptions (channel, severity) where state = 'active';
create index corbel_status_subscriptions_pending_idx on corbel_status_subscriptions (expires_at) where state = 'pending';
`,
}
