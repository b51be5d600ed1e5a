import type { Migration } from '../../migration.ts'

export const probes0002: Migration = {
  name: 'status/0002-probes',
  sql: `
create table corbel_status_probes (
  component_id text collate "C" primary key
    constraint corbel_status_probes_component_fkey references corbel_status_components (id) on delete cascade,
  is_up boolean not null,
  streak integer not null,
  checked_at timestamptz not null,
  result text not null
);
create table corbel_status_outcomes (
  component_id text collate "C" not null references corbel_status_components (id) on delete cascade,
  checked_at timestamptz not null,
  passed boolean not null,
  latency_ms integer not null,
  result text not null,
  constraint corbel_status_outcomes_pkey primary key (component_id, checked_at)
);
create index corbel_status_outcomes_time_idx on corbel_status_outcomes (checked_at);
create table corbel_status_days (
  component_id text collate "C" not null references corbel_status_components (id) on delete cascade,
  day date not null,
  checks integer not null,
  failures integer not null,
  constraint corbel_status_days_pkey primary key (component_id, day)
);
`,
}
