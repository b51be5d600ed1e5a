import { isPublicAddress } from '@corbel/core/ports'

/** The one spelling under which an address is looked up; null for what is no public address. */
export function geoAddress(ip: unknown): string | null {
  // A header that is not there reaches this as something other than text in plain JavaScript.
  if (typeof ip !== 'string' || ip.length > 45 || !isPublicAddress(ip)) return null
  if (!ip.includes(':')) return ip
  const host = URL.parse(`http://[${ip}]/`)?.hostname.slice(1, -1) ?? null
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(host ?? '') ?? []
  if (high === undefined || low === undefined) return host
  return [high, low]
    .map((group) => Number.parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 255])
    .join('.')
}
