import { created, defineContract, empty, fresh, idSchema, json, ok, scope } from '@corbel/core'
import * as z from 'zod'
import { AgentsPermissions } from '../agents-permissions.ts'
import { ModelErrors } from '../models/model-errors.ts'
import {
  NewProviderSetting,
  ModelProvider,
  ProviderPolicy,
  ProviderSetting,
  ProviderSettingChange,
  ProviderTest,
} from './provider-setting.ts'
import { ProviderSettingErrors } from './provider-setting-errors.ts'

const read = scope(AgentsPermissions.manageProviders.scope)
const write = scope(AgentsPermissions.manageProviders.scope, fresh)

const params = z.object({ id: idSchema('pst') })
const { notFound, duplicate, changed, addressNeeded, plainAddress } = ProviderSettingErrors

export const providerSettingContract = defineContract('provider settings', '/api/v1/settings', {
  list: {
    method: 'GET',
    path: '',
    access: read,
    summary: 'List the providers of models that your tenant has keys for',
    success: ok(z.object({ data: z.array(ProviderSetting).readonly() })),
  },
  create: {
    method: 'POST',
    path: '',
    access: write,
    summary: 'Set a key of your own for a provider of models',
    description: 'The key is sealed and never shown again; `keyHint` is its end.',
    body: json(NewProviderSetting),
    success: created(ProviderSetting),
    errors: [duplicate, plainAddress],
  },
  policy: {
    method: 'GET',
    path: '/policy',
    access: read,
    summary: 'Read whether your agents may use the keys of the platform',
    success: ok(ProviderPolicy),
  },
  decide: {
    method: 'PUT',
    path: '/policy',
    access: write,
    summary: 'Say whether your agents may use the keys of the platform where you have none',
    body: json(ProviderPolicy),
    success: ok(ProviderPolicy),
  },
  getByProvider: {
    method: 'GET',
    path: '/provider/{provider}',
    access: read,
    summary: 'Read what is set for a provider',
    params: z.object({ provider: ModelProvider }),
    success: ok(ProviderSetting),
    errors: [notFound],
  },
  listModels: {
    method: 'GET',
    path: '/models/{provider}',
    access: read,
    summary: 'Ask a provider which models your own key may use',
    params: z.object({ provider: ModelProvider }),
    success: ok(z.object({ data: z.array(z.string()).readonly() })),
    errors: [notFound, ...Object.values(ModelErrors)],
    rateLimit: { name: 'provider-models', by: 'tenant', limit: 30, window: '1m' },
  },
  get: {
    method: 'GET',
    path: '/{id}',
    access: read,
    summary: 'Read what is set for a provider, by its id',
    params,
    success: ok(ProviderSetting),
    errors: [notFound],
  },
  update: {
    method: 'PUT',
    path: '/{id}',
    access: write,
    summary: 'Change the key, the address or the use of a provider',
    params,
    body: json(ProviderSettingChange),
    success: ok(ProviderSetting),
    errors: [notFound, changed, addressNeeded, plainAddress],
  },
  remove: {
    method: 'DELETE',
    path: '/{id}',
    access: write,
    summary: 'Remove a key',
    params,
    success: empty(204),
    errors: [notFound],
  },
  test: {
    method: 'POST',
    path: '/{id}/test',
    access: write,
    summary: 'Try a key, whether it is in use or not',
    description: 'The provider is asked for its models, for at most 10 seconds.',
    params,
    success: ok(ProviderTest),
    errors: [notFound, changed, ModelErrors.notConfigured],
    rateLimit: { name: 'provider-test', by: 'tenant', limit: 10, window: '1m' },
    idempotent: false,
  },
  activate: {
    method: 'POST',
    path: '/{id}/activate',
    access: write,
    summary: 'Use a key',
    params,
    success: ok(ProviderSetting),
    errors: [notFound, changed],
  },
  deactivate: {
    method: 'POST',
    path: '/{id}/deactivate',
    access: write,
    summary: 'Keep a key without using it',
    params,
    success: ok(ProviderSetting),
    errors: [notFound, changed],
  },
})
