import { implement, type Route } from '../../http/implement.ts'
import { featureContract } from './feature-contract.ts'
import type { FeatureService } from './feature-service.ts'

export const featureRoutes = (features: FeatureService): readonly Route[] =>
  implement(featureContract, { get: ({ principal }) => features.get(principal.tenantId) })
