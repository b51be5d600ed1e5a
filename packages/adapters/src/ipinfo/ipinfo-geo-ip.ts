import {
  type Cache,
  type GeoIp,
  type GeoLocation,
  memoryCache,
  milliseconds,
  type Secret,
} from '@corbel/core/ports'
import { geoAddress } from '../geo-address.ts'

export interface IpinfoGeoIpOptions {
  readonly token: Secret
  /** Remembers answers for 15 minutes. @default memory */
  readonly cache?: Cache
  /** @default 'https://ipinfo.io' */
  readonly baseUrl?: string
  /** Milliseconds: somebody waits. @default 2000 */
  readonly timeoutMs?: number
}

const lifetimeMs = milliseconds('15m')

/** Locations from IPinfo. Every address that is not remembered is told to them. */
export function ipinfoGeoIp(options: IpinfoGeoIpOptions): GeoIp {
  const { token, cache = memoryCache(), baseUrl = 'https://ipinfo.io', timeoutMs = 2000 } = options
  const underWay = new Map<string, Promise<GeoLocation | null>>()

  async function ask(address: string): Promise<GeoLocation | null> {
    const response = await fetch(`${baseUrl}/${encodeURIComponent(address)}/json`, {
      headers: { authorization: `Bearer ${token.reveal()}`, accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
    if (!response.ok) {
      await response.body?.cancel()
      throw new Error(`IPinfo answered ${response.status}.`)
    }
    return locationOf(await response.json())
  }

  async function find(address: string): Promise<GeoLocation | null> {
    const key = `ipinfo:${address}`
    const known = await cache.get(key)
    if (typeof known === 'string') return JSON.parse(known) as GeoLocation | null
    const location = await ask(address)
    await cache.set(key, JSON.stringify(location), lifetimeMs)
    return location
  }

  return {
    adapter: { name: 'ipinfo' },
    lookup: async (ip) => {
      const address = geoAddress(ip)
      if (address === null) return null
      const found = underWay.get(address) ?? find(address).finally(() => underWay.delete(address))
      underWay.set(address, found)
      return found.catch(() => null)
    },
  }
}

function locationOf(answer: unknown): GeoLocation | null {
  if (typeof answer !== 'object' || answer === null) return null
  const fields = answer as Readonly<Record<string, unknown>>
  const nameOf = (value: unknown): string | null =>
    typeof value === 'string' && value !== '' ? value.slice(0, 200) : null
  const country = nameOf(fields['country'])
  const location = {
    city: nameOf(fields['city']),
    region: nameOf(fields['region']),
    country: country !== null && /^[A-Z]{2}$/.test(country) ? country : null,
  }
  return Object.values(location).some((value) => value !== null) ? location : null
}
