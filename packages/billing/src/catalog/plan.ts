import * as z from 'zod'

const code = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be lower-case letters, digits and hyphens')

export const planPrice = z.object({
  interval: z.enum(['month', 'year']),
  /** ISO 4217, lower case. */
  currency: z.string().regex(/^[a-z]{3}$/),
  /** In the smallest denomination of the currency, as text: a decimal where one unit costs less than that. */
  unitAmount: z.string().regex(/^(0|[1-9]\d{0,11})(\.\d{1,12})?$/),
  /** What is charged for: each seat, the plan as a whole, or each unit of a meter. */
  per: z.union([z.literal('seat'), z.literal('plan'), z.object({ meter: code })]),
})
export type PlanPrice = z.infer<typeof planPrice>

/** What a plan allows: yes or no, or how much in a period, beyond which `hard` stops and `soft` only tells. */
export const entitlement = z.union([
  z.boolean(),
  z.object({
    limit: z.int().min(0),
    per: z.enum(['period', 'tenant']),
    enforcement: z.enum(['hard', 'soft']),
  }),
])
export type Entitlement = z.infer<typeof entitlement>

export const plan = z.object({
  code,
  name: z.string().min(1).max(100),
  summary: z.string().max(500),
  prices: z.array(planPrice).min(1).readonly(),
  trialDays: z.int().min(0).max(730),
  seats: z.object({ included: z.int().min(1), max: z.int().min(1).nullable() }),
  entitlements: z.record(code, entitlement),
})
export type Plan = z.infer<typeof plan>

/** What is sold, as one declaration. */
export interface PlanCatalog {
  readonly plans: readonly Plan[]
  /** What usage is reported under, as the prices name it. */
  readonly meters: readonly string[]
  /** Everything that some plan allows or counts. */
  readonly features: readonly string[]
  /** @returns null when there is none with this code. */
  find(code: string): Plan | null
}

/**
 * Declares what is sold. Order is that of the price list.
 *
 * @throws Error when a code is there twice, a plan has two prices of one kind and interval, or seats do not fit.
 */
export function definePlans(declared: readonly Plan[]): PlanCatalog {
  const plans = z.array(plan).parse(declared)
  const codes = new Set<string>()
  for (const each of plans) {
    if (codes.has(each.code)) throw new Error(`There are two plans ${each.code}: give each its own code.`)
    codes.add(each.code)
    const keys = each.prices.map((price) => lookupKeyOf(each.code, price))
    const twice = keys.find((key, index) => keys.indexOf(key) !== index)
    if (twice !== undefined) throw new Error(`Plan ${each.code} has two prices ${twice}: keep one of them.`)
    if (each.seats.max !== null && each.seats.max < each.seats.included)
      throw new Error(`Plan ${each.code} includes more seats than it allows: raise seats.max.`)
  }
  const byCode = new Map(plans.map((each) => [each.code, each]))
  const meters = plans.flatMap(({ prices }) =>
    prices.flatMap(({ per }) => (typeof per === 'object' ? [per.meter] : [])),
  )
  const features = [...plans.flatMap(({ entitlements }) => Object.keys(entitlements)), ...meters]
  return {
    plans,
    meters: [...new Set(meters)],
    features: [...new Set(features)],
    find: (wanted) => byCode.get(wanted) ?? null,
  }
}

/** The name under which the gateway knows the price that is in force. */
export function lookupKeyOf(planCode: string, { interval, currency, per }: PlanPrice): string {
  const what = typeof per === 'object' ? `meter-${per.meter}` : per
  return `corbel:${planCode}:${what}:${interval}:${currency}`
}
