/** Copied for the raw side, which knows nothing of row-level security. */
export const memberTables = ['corbel_users', 'corbel_memberships'] as const

/** The authenticated read as a named statement of pg. */
export const memberQuery = (tenantId: string, userId: string) => ({
  name: 'member',
  text: `select u.id, u.email, u.display_name, u.email_verified, u.created_at, m.role
    from raw_corbel_memberships m join raw_corbel_users u on u.id = m.user_id
    where m.tenant_id = $1 and m.user_id = $2`,
  values: [tenantId, userId],
})
