import type { Params } from './form.ts'
import type { Kind, World, WorldEvent } from './world.ts'

type Listed = { readonly id: string; readonly created?: number }

/** A page of Stripe's lists: newest first, filtered by what the request names. */
export function listed(
  world: World,
  kind: Kind | 'event',
  params: Params,
  url: string,
  where: Readonly<Record<string, string>> = {},
): { object: 'list'; url: string; has_more: boolean; data: unknown[] } {
  const all: readonly Listed[] = kind === 'event' ? world.state.events : world.all(kind)
  const found = all.toReversed().filter((object) => matches(object, params, where))
  const limit = Math.min(Math.max(params.int('limit') ?? 10, 1), 100)
  const start = params.text('starting_after')
  const end = params.text('ending_before')
  const from = start === undefined ? 0 : found.findIndex(({ id }) => id === start) + 1
  const to = end === undefined ? found.length : found.findIndex(({ id }) => id === end)
  const page = end === undefined ? found.slice(from, from + limit) : found.slice(Math.max(0, to - limit), to)
  const rest = end === undefined ? found.length - from - page.length : to - page.length
  return { object: 'list', url, has_more: rest > 0, data: page }
}

const filters = ['customer', 'subscription', 'product', 'price', 'type', 'active', 'event_name'] as const

function matches(object: Listed, params: Params, where: Readonly<Record<string, string>>): boolean {
  const fields = object as unknown as Readonly<Record<string, unknown>>
  const wanted = { ...where }
  for (const name of filters) {
    const value = params.text(name)
    if (value !== undefined) wanted[name] = value
  }
  if (Object.entries(wanted).some(([name, value]) => String(fields[name]) !== value)) return false
  const created = params.inner('created')
  const at = (fields as Partial<WorldEvent>).created ?? 0
  if (at < (created.int('gte') ?? 0) || at <= (created.int('gt') ?? -1)) return false
  if (
    at > (created.int('lte') ?? Number.POSITIVE_INFINITY) ||
    at >= (created.int('lt') ?? Number.POSITIVE_INFINITY)
  )
    return false
  const keys = params.texts('lookup_keys')
  if (keys.length > 0 && !keys.includes(String(fields['lookup_key']))) return false
  return hasStatus(fields, params.text('status'))
}

/** Subscriptions that have ended are listed only when they are asked for. */
function hasStatus(fields: Readonly<Record<string, unknown>>, status: string | undefined): boolean {
  if (fields['object'] === 'subscription') {
    if (status === 'all') return true
    if (status === undefined)
      return fields['status'] !== 'canceled' && fields['status'] !== 'incomplete_expired'
    if (status === 'ended') return fields['ended_at'] !== null
  }
  return status === undefined || fields['status'] === status
}
