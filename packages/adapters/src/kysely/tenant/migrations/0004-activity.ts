import type { Migration } from '../../migration.ts'
import { rowSecurity } from '../../tenant-tables.ts'

// The row of the tenant counts its activity: whoever adds one waits for whoever is adding another, so that places become visible in
// their order, and for an erasure. Every filter of the list is an equality next to the place, newest first.
export const activity0004: Migration = {
  name: 'tenant/0004-activity',
  sql: `
alter table corbel_outbox add column activity jsonb;
alter table corbel_tenants add column activity_seq bigint not null default 0;
create table corbel_activity (
  tenant_id text collate "C" not null references corbel_tenants (id) on delete cascade,
  seq bigint not null,
  id text collate "C" not null,
  action text collate "C" not null,
  occurred_at timestamptz not null,
  outcome text collate "C" not null,
  source text collate "C" not null,
  actor_id text collate "C",
  impersonator_id text collate "C",
  object_id text collate "C",
  request_id text,
  data jsonb not null,
  constraint corbel_activity_pkey primary key (tenant_id, id),
  constraint corbel_activity_seq_key unique (tenant_id, seq)
);
create index corbel_activity_action_idx on corbel_activity (tenant_id, action, seq);
create index corbel_activity_actor_idx on corbel_activity (tenant_id, actor_id, seq);
create index corbel_activity_object_idx on corbel_activity (tenant_id, object_id, seq);
create index corbel_activity_occurred_idx on corbel_activity (occurred_at);
${rowSecurity('corbel_activity')}
create table corbel_activity_marks (
  tenant_id text collate "C" not null,
  user_id text collate "C" not null,
  activity_id text collate "C" not null,
  dismissed boolean not null,
  constraint corbel_activity_marks_pkey primary key (tenant_id, user_id, activity_id),
  constraint corbel_activity_marks_activity_fkey foreign key (tenant_id, activity_id)
    references corbel_activity (tenant_id, id) on delete cascade
);
create index corbel_activity_marks_activity_idx on corbel_activity_marks (tenant_id, activity_id);
create index corbel_activity_marks_user_idx on corbel_activity_marks (user_id);
${rowSecurity('corbel_activity_marks')}
create table corbel_activity_readers (
  tenant_id text collate "C" not null references corbel_tenants (id) on delete cascade,
  user_id text collate "C" not null,
  read_through bigint not null,
  constraint corbel_activity_readers_pkey primary key (tenant_id, user_id)
);
create index corbel_activity_readers_user_idx on corbel_activity_readers (user_id);
${rowSecurity('corbel_activity_readers')}
`,
}
