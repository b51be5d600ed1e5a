import type { Migration } from '../../migration.ts'

// A passkey is a factor with a public key in place of a secret, so whatever asks for the factors of a user knows of it. What was
// challenged once is kept by its digest in corbel_nonces.
export const passkeys0010: Migration = {
  name: 'auth/0010-passkeys',
  sql: `
alter table corbel_factors alter column secret drop not null;
alter table corbel_factors drop constraint corbel_factors_kind_check;
alter table corbel_factors add constraint corbel_factors_kind_check
  check (kind in ('passkey', 'totp') and (kind = 'passkey') = (secret is null));
alter table corbel_factors drop constraint corbel_factors_confirmed_check;
alter table corbel_factors add constraint corbel_factors_confirmed_check
  check (case kind when 'passkey' then confirmed_at is not null else (confirmed_at is null) = (last_step is null) end);
create table corbel_passkeys (
  user_id text collate "C" not null,
  id text collate "C" not null,
  credential_id text collate "C" not null constraint corbel_passkeys_credential_key unique,
  public_key text collate "C" not null,
  counter bigint not null,
  transports text[] not null,
  backup_eligible boolean not null,
  backed_up boolean not null,
  constraint corbel_passkeys_pkey primary key (user_id, id),
  constraint corbel_passkeys_factor_fkey foreign key (user_id, id) references corbel_factors (user_id, id) on delete cascade
);
`,
}
