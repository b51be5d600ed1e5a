import * as z from 'zod'

const featureKey = z.string().regex(/^[a-z][a-z0-9_.-]{0,63}$/)
const FeatureValue = z.union([z.boolean(), z.int().min(0)])

/** What operators have granted or capped for one tenant, whatever its plan says. */
export const FeatureOverrides = z.object({ features: z.record(featureKey, FeatureValue) })
export type FeatureOverrides = z.infer<typeof FeatureOverrides>

/** Keys that are not named stay as they are; null takes an override away. */
export const ChangeFeatures = z.strictObject({
  features: z
    .record(featureKey, FeatureValue.nullable())
    .refine((features) => Object.keys(features).length <= 100, 'at most 100 features'),
})
export type ChangeFeatures = z.infer<typeof ChangeFeatures>

/** What holds for a tenant: the entitlements that operators set, and the flags that it set itself. */
export const Features = z.object({
  features: z.record(z.string(), FeatureValue),
  flags: z.record(z.string(), z.boolean()),
})
export type Features = z.infer<typeof Features>
