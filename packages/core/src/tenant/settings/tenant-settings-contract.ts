import { scope } from '../../contract/access.ts'
import { defineContract } from '../../contract/contract.ts'
import { json, ok } from '../../contract/media.ts'
import { TenantErrors } from '../tenant-errors.ts'
import { TenantPermissions } from '../tenant-permissions.ts'
import { TenantSettings, TenantSettingsValues } from './tenant-settings.ts'

export const tenantSettingsContract = defineContract('tenant-settings', '/api/v1/tenants/settings', {
  get: {
    method: 'GET',
    path: '',
    access: scope(TenantPermissions.read.scope),
    summary: 'Read the settings of your tenant',
    success: ok(TenantSettings),
    versioned: true,
    errors: [TenantErrors.notFound],
  },
  replace: {
    method: 'PUT',
    path: '',
    access: scope(TenantPermissions.manage.scope),
    summary: 'Replace the settings of your tenant',
    body: json(TenantSettingsValues),
    success: ok(TenantSettings),
    versioned: true,
    errors: [TenantErrors.settingsStale],
  },
})
