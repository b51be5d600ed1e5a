import type { Migration } from '../../migration.ts'

// The page belongs to the platform and to no tenant, so there is no row-level security. The updates of an incident stand in its row:
// they are written one after the other and read together.
export const status0001: Migration = {
  name: 'status/0001-status',
  sql: `
create table corbel_status_components (
  id text collate "C" primary key,
  kind text collate "C" not null
    constraint corbel_status_components_kind_check check (kind in ('component', 'group')),
  name text not null,
  description text not null,
  group_id text collate "C"
    constraint corbel_status_components_group_fkey references corbel_status_components (id),
  position integer not null,
  probe jsonb,
  override text collate "C",
  version integer not null,
  created_at timestamptz not null
);
create index corbel_status_components_group_idx on corbel_status_components (group_id) where group_id is not null;
create table corbel_status_incidents (
  id text collate "C" primary key,
  title text not null,
  severity text collate "C" not null,
  state text collate "C" not null,
  affected jsonb not null,
  updates jsonb not null,
  started_at timestamptz not null,
  resolved_at timestamptz,
  version integer not null
);
create index corbel_status_incidents_open_idx on corbel_status_incidents (id) where resolved_at is null;
create index corbel_status_incidents_started_idx on corbel_status_incidents (started_at);
create table corbel_status_maintenance (
  id text collate "C" primary key,
  title text not null,
  message text not null,
  component_ids text[] not null,
  state text collate "C" not null
    constraint corbel_status_maintenance_state_check check (state in ('scheduled', 'in_progress', 'completed', 'cancelled')),
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  version integer not null,
  created_at timestamptz not null
);
create index corbel_status_maintenance_current_idx on corbel_status_maintenance (starts_at)
  where state in ('scheduled', 'in_progress');
`,
}
