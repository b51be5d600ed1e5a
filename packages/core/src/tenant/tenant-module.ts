import { defineModule, type ModuleContext } from '../module/module.ts'
import type { EventRecorder } from '../ports/outbox.ts'
import { membershipRoutes } from './memberships/membership-routes.ts'
import { MembershipService } from './memberships/membership-service.ts'
import type { TenantRepositories } from './ports/tenant-repositories.ts'
import { tenantSettingsRoutes } from './settings/tenant-settings-routes.ts'
import { TenantSettingsService } from './settings/tenant-settings-service.ts'
import { TenantErrors } from './tenant-errors.ts'
import { TenantEvents } from './tenant-events.ts'
import { TenantPermissions } from './tenant-permissions.ts'
import { tenantRoutes } from './tenants/tenant-routes.ts'
import { TenantService } from './tenants/tenant-service.ts'

export interface TenantServices {
  readonly tenants: TenantService
  readonly memberships: MembershipService
  readonly settings: TenantSettingsService
}

/** Tenants, their members and their settings. */
export const tenant = () =>
  defineModule({
    name: 'tenant',
    catalogs: { errors: [TenantErrors], events: TenantEvents, permissions: TenantPermissions },
    services: ({
      repositories,
      platform,
      transaction,
    }: ModuleContext<TenantRepositories>): TenantServices => {
      const deps = {
        ...repositories,
        clock: platform.clock,
        transaction: <T>(work: (scope: TenantScope) => Promise<T>) =>
          transaction(({ repositories: bound, events }) => work({ ...bound, events })),
      }
      return {
        tenants: new TenantService(deps),
        memberships: new MembershipService(deps),
        settings: new TenantSettingsService(deps),
      }
    },
    routes: ({ tenants, memberships, settings }) => [
      ...tenantRoutes(tenants),
      ...membershipRoutes(memberships),
      ...tenantSettingsRoutes(settings),
    ],
  })

type TenantScope = TenantRepositories & { readonly events: EventRecorder }
