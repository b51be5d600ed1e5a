import type { Migration } from '../../migration.ts'

export const magicLinks0011: Migration = {
  name: 'auth/0011-magic-links',
  sql: `
create table corbel_magic_links (
  user_id text collate "C" primary key references corbel_users (id) on delete cascade,
  id text collate "C" not null,
  email text collate "C" not null,
  digest text collate "C" not null constraint corbel_magic_links_digest_key unique,
  code_digest text collate "C" not null,
  code_challenge text collate "C",
  expires_at timestamptz not null,
  redeemed_at timestamptz
);
create index corbel_magic_links_expires_idx on corbel_magic_links (expires_at);
`,
}
