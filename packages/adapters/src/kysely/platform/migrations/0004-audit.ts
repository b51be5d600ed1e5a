import type { Migration } from '../../migration.ts'
import { auditSecurity } from '../../tenant-tables.ts'

// A chain of no tenant is the platform's: its tenant_id is ''. What a row is found by is generated from what is hashed, so that it
// cannot say anything else. The function waits for the head of the chain, which is what makes writers follow each other. A line
// within it must not end with a semicolon.
export const audit0004: Migration = {
  name: 'platform/0004-audit',
  sql: `
create table corbel_audit_chains (
  tenant_id text collate "C" primary key,
  head_seq bigint not null,
  head_hash text collate "C" not null,
  base_seq bigint not null default 0,
  base_hash text collate "C" not null default ''
);
create table corbel_audit_events (
  tenant_id text collate "C" not null,
  seq bigint not null,
  hash text collate "C" not null,
  content text not null,
  personal text,
  personal_digest text collate "C" not null,
  occurred_at text collate "C" not null generated always as (content::jsonb ->> 'at') stored,
  type text collate "C" not null generated always as (content::jsonb ->> 'type') stored,
  outcome text collate "C" not null generated always as (content::jsonb ->> 'outcome') stored,
  actor_id text collate "C" generated always as (content::jsonb ->> 'actor') stored,
  subject_id text collate "C" generated always as (content::jsonb ->> 'subject') stored,
  owner_id text collate "C" generated always as (coalesce(content::jsonb ->> 'actor', content::jsonb ->> 'subject')) stored,
  constraint corbel_audit_events_pkey primary key (tenant_id, seq)
);
create index corbel_audit_events_time_idx on corbel_audit_events (tenant_id, occurred_at);
create index corbel_audit_events_actor_idx on corbel_audit_events (tenant_id, actor_id, seq) where actor_id is not null;
create index corbel_audit_events_subject_idx on corbel_audit_events (tenant_id, subject_id, seq) where subject_id is not null;
create index corbel_audit_events_personal_idx on corbel_audit_events (owner_id) where personal is not null;
create function corbel_audit_hash(previous text, seq bigint, content text, personal_digest text) returns text
language sql immutable parallel safe as $$
  select encode(sha256(convert_to(previous || E'\\n' || seq || E'\\n' || content || E'\\n' || personal_digest, 'UTF8')), 'hex')
$$;
create function corbel_audit_append(chain text, event text, client text) returns bigint
language plpgsql as $$
declare
  digest constant text := case when client is null then '' else encode(sha256(convert_to(client, 'UTF8')), 'hex') end; link record; begin
  insert into corbel_audit_chains as c (tenant_id, head_seq, head_hash)
    values (chain, 1, corbel_audit_hash('', 1, event, digest))
    on conflict (tenant_id) do update
      set head_seq = c.head_seq + 1, head_hash = corbel_audit_hash(c.head_hash, c.head_seq + 1, event, digest)
    returning head_seq, head_hash into link; insert into corbel_audit_events (tenant_id, seq, hash, content, personal, personal_digest)
    values (chain, link.head_seq, link.head_hash, event, client, digest); return link.head_seq; end
$$;
alter table corbel_outbox add column audit_seq bigint;
${auditSecurity('corbel_audit_events', 'corbel_audit_chains')}
`,
}
