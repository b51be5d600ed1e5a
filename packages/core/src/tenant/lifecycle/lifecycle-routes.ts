import { implement, type Route } from '../../http/implement.ts'
import type { FeatureService } from '../features/feature-service.ts'
import { lifecycleContract } from './lifecycle-contract.ts'
import type { LifecycleService } from './lifecycle-service.ts'

export const lifecycleRoutes = (lifecycle: LifecycleService, features: FeatureService): readonly Route[] =>
  implement(lifecycleContract, {
    list: ({ query }) => lifecycle.list(query),
    create: ({ body, client }) => lifecycle.create(body, client),
    get: ({ params }) => lifecycle.get(params.id),
    rename: ({ params, body, client }) => lifecycle.rename(params.id, body, client),
    suspend: ({ params, body, client }) => lifecycle.change(params.id, 'suspended', body.reason, client),
    reactivate: ({ params, body, client }) => lifecycle.change(params.id, 'active', body.reason, client),
    deprovision: ({ params, body, client }) =>
      lifecycle.change(params.id, 'deprovisioning', body.reason, client),
    erase: ({ params, body, client }) => lifecycle.erase(params.id, body.reason, client),
    getFeatures: ({ params }) => features.overridesOf(params.id),
    changeFeatures: ({ params, body, client }) => features.change(params.id, body, client),
  })
