import type { GatewayObject, PaymentGateway, Projection } from '@corbel/billing/ports'
import type { Id } from '@corbel/core'
import { isDeepStrictEqual } from 'node:util'
import type { OpenStorage } from '../storages.ts'

export interface Ended {
  readonly storage: OpenStorage['storage']
  readonly gateway: PaymentGateway
  readonly tenants: readonly Id<'ten'>[]
  /** Every event that was recorded for others. */
  readonly told: readonly Told[]
  /** Usage that was acknowledged, by its key. */
  readonly reported: ReadonlyMap<string, { readonly tenantId: Id<'ten'>; readonly quantity: string }>
  /** What the gateway keeps, as it wrote it down. */
  readonly world: string
}

interface Kept {
  readonly id: string
  readonly object: string
  readonly customer?: string
  readonly metadata?: Readonly<Record<string, string>>
  readonly identifier?: string
  readonly payload?: { readonly value: string; readonly stripe_customer_id: string }
}

export interface Told {
  readonly type: string
  readonly payload: unknown
}

interface Change {
  readonly version: number
  readonly status: string
  readonly previousStatus: string | null
}

const all = { limit: 10_000, after: null }
const usable = ['active', 'trialing']
const over = ['canceled', 'incomplete_expired']

interface World {
  readonly objects: Readonly<Record<string, Kept>>
  readonly events: readonly { readonly id: string }[]
}

const worldOf = ({ world }: Pick<Ended, 'world'>): World => JSON.parse(world) as World

/** What is not with us as it is with the gateway, and what happened more than once or not at all; none is right. */
export async function differencesOf(ended: Ended): Promise<readonly string[]> {
  const kept = Object.values(worldOf(ended).objects)
  return [
    ...(await differencesOfStates(ended)),
    ...(await differencesOfCommands(ended, kept)),
    ...(await differencesOfUsage(ended, kept)),
  ]
}

/** Without what we have told the gateway to do. */
export async function differencesOfStates(ended: Ended): Promise<readonly string[]> {
  const { objects, events } = worldOf(ended)
  return [
    ...(await differencesOfObjects(ended, Object.values(objects))),
    ...(await differencesOfInbox(ended, events)),
  ]
}

async function differencesOfObjects(
  { storage, gateway, tenants, told }: Ended,
  kept: readonly Kept[],
): Promise<readonly string[]> {
  const { customers, projections } = storage.repositories.billing
  const wrong: string[] = []
  for (const tenantId of tenants) {
    const customerId = (await customers.find(tenantId))?.customerId ?? ''
    for (const type of ['subscription', 'invoice'] as const) {
      const known: readonly Projection[] = await projections.list(tenantId, type, all)
      const theirs = kept.filter(({ object, customer }) => object === type && customer === customerId)
      const ids = new Set([...known.map(({ object }) => object.value.id), ...theirs.map(({ id }) => id)])
      for (const id of ids) {
        const ours = known.find(({ object }) => object.value.id === id)
        const truth = await gateway.retrieve(type, id)
        wrong.push(...differencesOfState(`${type} ${id}`, ours?.object ?? null, truth))
        if (ours) wrong.push(...differencesOfEvents(ours, told))
      }
    }
  }
  return wrong
}

function differencesOfState(name: string, ours: GatewayObject | null, truth: GatewayObject | null): string[] {
  if (ours === null || truth === null)
    return ours === truth ? [] : [`${name} is known only to ${ours ? 'us' : 'the gateway'}`]
  const before: Readonly<Record<string, unknown>> = { ...ours.value }
  return Object.entries(truth.value)
    .filter(([field, value]) => !isDeepStrictEqual(before[field], value))
    .map(
      ([field, value]) =>
        `${name}: ${field} is ${JSON.stringify(before[field])}, should be ${JSON.stringify(value)}`,
    )
}

/** Every version is told once, each goes on from the one before, and what hangs on a change is told with it. */
export function differencesOfEvents(
  { object: { type, value }, version }: Projection,
  told: readonly Told[],
): readonly string[] {
  const of = (name: string) =>
    told
      .filter((each) => each.type === `billing.${type}.${name}`)
      .map(({ payload }) => payload as Change & Readonly<Record<string, unknown>>)
      .filter((payload) => payload[`${type}Id`] === value.id)
      .toSorted((a, b) => a.version - b.version)
  const changes = of('changed')
  const wrong: string[] = []
  const demand = (what: string, is: unknown, should: unknown) => {
    if (!isDeepStrictEqual(is, should))
      wrong.push(`${type} ${value.id}: ${what} ${JSON.stringify(is)}, should be ${JSON.stringify(should)}`)
  }
  const versions = changes.map((change) => change.version)
  demand(
    'versions told',
    versions,
    Array.from({ length: version }, (_, index) => index + 1),
  )
  const from = changes.map(({ previousStatus }) => previousStatus)
  demand('previous states told', from, [null, ...changes.map(({ status }) => status)].slice(0, -1))
  demand('last state told', changes.at(-1)?.status, value.status)
  if (type === 'invoice') return wrong
  const entering = (set: readonly string[]) =>
    changes
      .filter(({ status, previousStatus }) => set.includes(status) && !set.includes(previousStatus ?? ''))
      .map((change) => change.version)
  const versionsOf = (name: string) => of(name).map((change) => change.version)
  demand('activations told', versionsOf('activated'), entering(usable))
  demand('ends told', versionsOf('ended'), entering(over))
  return wrong
}

/** Each command that was recorded and not refused has made one thing, and nothing was made without one. */
async function differencesOfCommands(
  { storage, tenants, told }: Ended,
  kept: readonly Kept[],
): Promise<readonly string[]> {
  const { commands } = storage.repositories.billing
  const wrong: string[] = []
  for (const tenantId of tenants)
    for (const lane of ['customer', 'subscription', 'checkout'] as const)
      if ((await commands.findOpen(tenantId, lane)) !== null)
        wrong.push(`a command of ${tenantId} for its ${lane} has not ended`)
  const payloads = (type: string) =>
    told
      .filter((each) => each.type === type)
      .map(({ payload }) => payload as { readonly commandId: string; readonly operation: string })
  const failed = payloads('billing.change.failed').map(({ commandId }) => commandId)
  if (new Set(failed).size !== failed.length) wrong.push('a command has failed twice')
  const makes = [
    ['createCustomer', 'customer'],
    ['startSubscription', 'subscription'],
    ['createCheckout', 'checkout.session'],
  ]
  const checkouts = new Set(
    payloads('billing.change.requested')
      .filter(({ operation }) => operation === 'createCheckout')
      .map(({ commandId }) => commandId),
  )
  for (const [operation, kind] of makes) {
    const wanted = payloads('billing.change.requested')
      .filter((each) => each.operation === operation && !failed.includes(each.commandId))
      .map(({ commandId }) => commandId)
      .toSorted()
    const made = kept
      .filter(({ object }) => object === kind)
      .map(({ metadata }) => metadata?.['corbel_key']?.split(':')[2] ?? '')
      .filter((id) => operation === 'createCheckout' || !checkouts.has(id))
      .toSorted()
    if (!isDeepStrictEqual(made, wanted))
      wrong.push(`${operation} made ${made.join()}, was to make ${wanted.join()}`)
  }
  return wrong
}

/** What was acknowledged waits, is counted once, or has waited for so long that no gateway takes it. */
async function differencesOfUsage({ storage, reported }: Ended, kept: readonly Kept[]): Promise<string[]> {
  const { customers, usage } = storage.repositories.billing
  const open: string[] = []
  let waiting = 0
  for (const { tenantId, quantity } of reported.values()) {
    const customer = await customers.find(tenantId)
    if (customer) open.push(`${customer.customerId} ${Number(quantity)}`)
    else waiting++
  }
  const wrong: string[] = []
  for (const { object, payload } of kept) {
    if (object !== 'billing.meter_event') continue
    const at = open.indexOf(`${payload?.stripe_customer_id} ${Number(payload?.value)}`)
    if (at < 0) wrong.push(`usage ${JSON.stringify(payload)} was counted twice, or never reported to us`)
    else open.splice(at, 1)
  }
  const { pending, refused } = await usage.depth()
  // Of one that became too old while its answer was lost, nobody here can say whether it was counted.
  if (pending + refused < open.length + waiting)
    wrong.push(`usage: ${pending} wait, ${refused} too old, but ${open.length + waiting} are not counted`)
  return wrong
}

async function differencesOfInbox(
  { storage }: Ended,
  events: readonly { readonly id: string }[],
): Promise<string[]> {
  const { inbox } = storage.repositories.billing
  const stored = await inbox.list({}, all)
  const isWrong = stored.filter(({ status }) => status === 'pending' || status === 'dead')
  const ids = stored.map(({ id }) => id).toSorted()
  return [
    ...isWrong.map(({ id, type, status, note }) => `event ${type} ${id} is ${status}: ${note}`),
    ...(isDeepStrictEqual(ids, events.map(({ id }) => id).toSorted())
      ? []
      : [`${stored.length} events are stored, the gateway has made ${events.length}`]),
  ]
}
