/** What a registration writes in one transaction: each of these finds a half of one. Needs `keepRecordedEvents`. */
export const halves: Readonly<Record<string, string>> = {
  'users without a tenant': `select email from corbel_users u
    where not exists (select from corbel_memberships m where m.user_id = u.id and m.role = 'owner')`,
  'tenants without an owner': `select id from corbel_tenants t
    where not exists (select from corbel_memberships m where m.tenant_id = t.id and m.role = 'owner')`,
  'tenants without settings': `select id from corbel_tenants t
    where not exists (select from corbel_tenant_settings s where s.tenant_id = t.id)`,
  'memberships of nobody': `select user_id from corbel_memberships m
    where not exists (select from corbel_users u where u.id = m.user_id)`,
  'registrations without their event': `select email from corbel_users u where not operator and not exists (
    select from recorded_events o where o.type = 'auth.user.registered' and o.payload ->> 'userId' = u.id)`,
}
