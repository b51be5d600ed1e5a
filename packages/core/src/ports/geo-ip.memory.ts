import { parseCidr, parseIp } from '../kernel/cidr.ts'
import type { GeoIp, GeoLocation } from './geo-ip.ts'
import { isPublicAddress } from './public-address.ts'

/**
 * Locations by network, such as `{ '81.2.69.0/24': { city: 'London', region: 'England', country: 'GB' } }`; of networks within
 * networks the smallest counts. For tests, and for the few networks of one's own.
 *
 * @throws Error when a key is no network.
 */
export function memoryGeoIp(table: Readonly<Record<string, GeoLocation>> = {}): GeoIp {
  const networks = Object.entries(table)
    .map(([text, location]) => ({ contains: parseCidr(text), bits: prefixBits(text), location }))
    .toSorted((a, b) => b.bits - a.bits)
  return {
    adapter: { name: 'memory' },
    lookup: async (ip) => {
      // A header that is not there reaches this as something other than text in plain JavaScript.
      const address = typeof ip === 'string' ? parseIp(ip) : null
      if (address === null || !isPublicAddress(ip)) return null
      return networks.find(({ contains }) => contains(address))?.location ?? null
    },
    check: async () => {},
  }
}

// A single address is the smallest network. Families need no common scale: no address is in networks of both.
const prefixBits = (text: string): number => Number(text.split('/')[1] ?? Number.POSITIVE_INFINITY)
