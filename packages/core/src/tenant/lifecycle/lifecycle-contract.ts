import * as z from 'zod'
import { fresh, operator } from '../../contract/access.ts'
import { defineContract } from '../../contract/contract.ts'
import { created, json, ok } from '../../contract/media.ts'
import { idSchema } from '../../kernel/id.ts'
import { PageErrors, pageOf } from '../../kernel/page.ts'
import { ChangeFeatures, FeatureOverrides } from '../features/features.ts'
import { TenantErrors } from '../tenant-errors.ts'
import { RenameTenant } from '../tenants/tenant.ts'
import {
  ErasureReport,
  NewPlatformTenant,
  PlatformTenant,
  PlatformTenantQuery,
  StatusChange,
} from './lifecycle.ts'

const params = z.object({ id: idSchema('ten') })
const errors = [TenantErrors.notFound, TenantErrors.wrongStatus]
const transition = {
  method: 'POST',
  access: operator(fresh),
  params,
  body: json(StatusChange),
  errors,
} as const

export const lifecycleContract = defineContract('platform-tenants', '/api/v1/platform/tenants', {
  list: {
    method: 'GET',
    path: '',
    access: operator(),
    summary: 'List the tenants of the platform, newest first',
    query: PlatformTenantQuery,
    success: ok(pageOf(PlatformTenant)),
    errors: [PageErrors.invalidCursor],
  },
  create: {
    method: 'POST',
    path: '',
    access: operator(fresh),
    summary: 'Create a tenant and invite its owner by mail',
    body: json(NewPlatformTenant),
    success: created(PlatformTenant),
  },
  get: {
    method: 'GET',
    path: '/{id}',
    access: operator(),
    summary: 'Show a tenant and its state',
    params,
    success: ok(PlatformTenant),
    errors: [TenantErrors.notFound],
  },
  rename: {
    method: 'PATCH',
    path: '/{id}',
    access: operator(fresh),
    summary: 'Rename a tenant; its slug stays',
    params,
    body: json(RenameTenant),
    success: ok(PlatformTenant),
    errors: [TenantErrors.notFound],
  },
  suspend: {
    ...transition,
    path: '/{id}/suspend',
    summary: 'Close a tenant for everything that needs a permission',
    description: 'Its members can still sign in, see why, and use what belongs to them as persons.',
    success: ok(PlatformTenant),
  },
  reactivate: {
    ...transition,
    path: '/{id}/reactivate',
    summary: 'Open a suspended tenant again',
    success: ok(PlatformTenant),
  },
  deprovision: {
    ...transition,
    path: '/{id}/deprovision',
    summary: 'Close a tenant for good; its data stays until it is erased',
    success: ok(PlatformTenant),
  },
  erase: {
    ...transition,
    path: '/{id}/erase',
    summary: 'Erase the data of a deprovisioned tenant and report what went',
    success: ok(ErasureReport),
  },
  getFeatures: {
    method: 'GET',
    path: '/{id}/features',
    access: operator(),
    summary: 'Show the entitlements that were set for a tenant by hand',
    params,
    success: ok(FeatureOverrides),
    errors: [TenantErrors.notFound],
  },
  changeFeatures: {
    method: 'PUT',
    path: '/{id}/features',
    access: operator(fresh),
    summary: 'Set entitlements of a tenant by hand; null takes one away',
    params,
    body: json(ChangeFeatures),
    success: ok(FeatureOverrides),
    errors: [TenantErrors.notFound],
  },
})
