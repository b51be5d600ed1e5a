import type { Migration } from '../../migration.ts'
import { rowSecurity } from '../../tenant-tables.ts'

// The due index serves the claim of one queue, longest due first. A key is taken, by tenant, while its job waits for its first
// attempt.
export const jobs0003: Migration = {
  name: 'platform/0003-jobs',
  sql: `
create table corbel_jobs (
  seq bigint generated always as identity primary key,
  id text collate "C" not null constraint corbel_jobs_id_key unique,
  name text collate "C" not null,
  tenant_id text collate "C",
  payload jsonb not null,
  singleton_key text collate "C",
  attempts integer not null default 0,
  due_at timestamptz not null,
  receipt text collate "C",
  last_error text,
  died_at timestamptz
);
create index corbel_jobs_due_idx on corbel_jobs (name, due_at, seq) where died_at is null;
create index corbel_jobs_dead_idx on corbel_jobs (name, died_at, seq) where died_at is not null;
create unique index corbel_jobs_singleton_key on corbel_jobs (tenant_id, name, singleton_key) nulls not distinct
  where singleton_key is not null and attempts = 0 and died_at is null;
${rowSecurity('corbel_jobs')}
`,
}
