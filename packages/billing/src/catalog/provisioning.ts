import type { CatalogGateway, GatewayPrice } from '../ports/catalog-gateway.ts'
import { lookupKeyOf, type Plan, type PlanCatalog, type PlanPrice } from './plan.ts'

/** One thing that differs between what is declared and what the gateway sells. */
export type CatalogStep =
  | { readonly do: 'create-meter'; readonly meter: string }
  | { readonly do: 'create-product'; readonly plan: string }
  | { readonly do: 'update-product'; readonly plan: string; readonly id: string; readonly revision: string }
  | {
      readonly do: 'create-price'
      readonly plan: string
      readonly lookupKey: string
      /** Loses its lookup key to the new one and is archived; those who pay it go on paying it. */
      readonly replaces: string | null
    }
  | { readonly do: 'archive-price'; readonly id: string; readonly lookupKey: string | null }

/** Price ids by lookup key, what STRIPE_PRODUCT_PRICE_MAP has. */
export type PriceMap = Readonly<Record<string, string>>

type Sold = Awaited<ReturnType<CatalogGateway['list']>>

/** What must be done for the gateway to sell what is declared, in order; empty when nothing must. Changes nothing. */
export async function planCatalog(
  catalog: PlanCatalog,
  gateway: CatalogGateway,
): Promise<readonly CatalogStep[]> {
  return stepsOf(catalog, await gateway.list())
}

/**
 * Brings the gateway to sell what is declared. Run again, or by two at once, it comes to the same: keys are made from what is declared,
 * and from what it replaces. Nobody who has subscribed is touched.
 */
export async function applyCatalog(
  catalog: PlanCatalog,
  gateway: CatalogGateway,
): Promise<{ readonly steps: readonly CatalogStep[]; readonly prices: PriceMap }> {
  const before = await gateway.list()
  const steps = stepsOf(catalog, before)
  for (const step of steps) await take(step, catalog, gateway)
  return { steps, prices: priceMapOf(catalog, steps.length === 0 ? before : await gateway.list()) }
}

function stepsOf({ plans, meters }: PlanCatalog, sold: Sold): CatalogStep[] {
  const steps: CatalogStep[] = []
  for (const meter of meters)
    if (!sold.meters.some(({ eventName, active }) => eventName === meter && active))
      steps.push({ do: 'create-meter', meter })
  for (const plan of plans) {
    const product = sold.products.find(({ planCode }) => planCode === plan.code)
    if (product === undefined) steps.push({ do: 'create-product', plan: plan.code })
    else if (product.name !== plan.name || !product.active)
      steps.push({ do: 'update-product', plan: plan.code, id: product.id, revision: product.revision })
    for (const price of plan.prices) steps.push(...stepsOfPrice(plan, price, sold))
  }
  return [...steps, ...leftovers(plans, sold)]
}

function stepsOfPrice(plan: Plan, price: PlanPrice, sold: Sold): CatalogStep[] {
  const lookupKey = lookupKeyOf(plan.code, price)
  const holder = sold.prices.find((each) => each.lookupKey === lookupKey)
  if (holder !== undefined && holder.active && isSame(holder, price, sold)) return []
  return [{ do: 'create-price', plan: plan.code, lookupKey, replaces: holder?.id ?? null }]
}

/** Prices of ours that are for sale and that nothing declares, such as one whose successor was made by somebody who then stopped. */
function leftovers(plans: readonly Plan[], { products, prices }: Sold): CatalogStep[] {
  const declared = new Set(plans.flatMap((plan) => plan.prices.map((price) => lookupKeyOf(plan.code, price))))
  const ours = new Set(products.filter(({ planCode }) => planCode !== null).map(({ id }) => id))
  return prices
    .filter(
      ({ active, productId, lookupKey }) => active && ours.has(productId) && !declared.has(lookupKey ?? ''),
    )
    .map(({ id, lookupKey }) => ({ do: 'archive-price', id, lookupKey }))
}

const isSame = (
  sold: GatewayPrice,
  { unitAmount, currency, interval, per }: PlanPrice,
  { meters }: Sold,
): boolean =>
  sold.unitAmount === unitAmount &&
  sold.currency === currency &&
  sold.interval === interval &&
  sold.intervalCount === 1 &&
  sold.meterId ===
    (typeof per === 'object' ? (meters.find((each) => each.eventName === per.meter)?.id ?? '') : null)

async function take(step: CatalogStep, catalog: PlanCatalog, gateway: CatalogGateway): Promise<void> {
  switch (step.do) {
    case 'create-meter':
      await gateway.createMeter({ eventName: step.meter, name: step.meter }, `catalog/meter/${step.meter}`)
      return
    case 'create-product': {
      const name = planOf(catalog, step.plan).name
      await gateway.createProduct({ planCode: step.plan, name }, `catalog/product/${step.plan}/${name}`)
      return
    }
    case 'update-product': {
      const name = planOf(catalog, step.plan).name
      // With the revision it replaces: somebody may change it back, and then it is to be changed again.
      await gateway.updateProduct(
        step.id,
        { name, active: true },
        `catalog/product/${step.id}/${step.revision}`,
      )
      return
    }
    case 'create-price':
      return createPrice(step, catalog, gateway)
    case 'archive-price':
      await gateway.archivePrice(step.id, `catalog/archive/${step.id}`)
  }
}

async function createPrice(
  { plan: code, lookupKey, replaces }: CatalogStep & { readonly do: 'create-price' },
  catalog: PlanCatalog,
  gateway: CatalogGateway,
): Promise<void> {
  const { products, meters } = await gateway.list()
  const product = products.find(({ planCode }) => planCode === code)
  const price = planOf(catalog, code).prices.find((each) => lookupKeyOf(code, each) === lookupKey)
  if (product === undefined || price === undefined) throw new Error(`There is no product for plan ${code}.`)
  const { unitAmount, currency, interval, per } = price
  const meterId =
    typeof per === 'object' ? meters.find((each) => each.eventName === per.meter)?.id : undefined
  await gateway.createPrice(
    {
      productId: product.id,
      lookupKey,
      unitAmount,
      currency,
      interval,
      intervalCount: 1,
      ...(meterId !== undefined && { meterId }),
    },
    // What it replaces is part of the key: going back to an old amount is another price.
    `catalog/price/${lookupKey}/${unitAmount}/${replaces ?? 'first'}`,
  )
  if (replaces !== null) await gateway.archivePrice(replaces, `catalog/archive/${replaces}`)
}

function planOf({ find }: PlanCatalog, code: string): Plan {
  const plan = find(code)
  if (plan === null) throw new Error(`There is no plan ${code}.`)
  return plan
}

/** Price ids by lookup key of everything that is declared and sold. */
export function priceMapOf({ plans }: PlanCatalog, { prices }: Pick<Sold, 'prices'>): PriceMap {
  const keys = plans.flatMap((plan) => plan.prices.map((price) => lookupKeyOf(plan.code, price)))
  return Object.fromEntries(
    keys.flatMap((key) => {
      const price = prices.find(({ lookupKey, active }) => active && lookupKey === key)
      return price === undefined ? [] : [[key, price.id]]
    }),
  )
}
