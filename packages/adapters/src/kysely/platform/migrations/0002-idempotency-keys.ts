import type { Migration } from '../../migration.ts'

export const idempotencyKeys0002: Migration = {
  name: 'platform/0002-idempotency-keys',
  sql: `
create table corbel_idempotency_keys (
  scope text not null,
  key text not null,
  fingerprint text not null,
  claim text not null,
  lease_until timestamptz not null,
  expires_at timestamptz not null,
  status smallint,
  headers jsonb,
  body text,
  primary key (scope, key),
  constraint corbel_idempotency_keys_response_check
    check ((status is null) = (headers is null) and (status is null) = (body is null))
);
create index corbel_idempotency_keys_expires_idx on corbel_idempotency_keys (expires_at);
`,
}
