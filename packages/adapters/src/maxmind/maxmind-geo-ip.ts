import { stat } from 'node:fs/promises'
import { type Clock, type GeoIp, systemClock } from '@corbel/core/ports'
import { type CityResponse, open, type Reader } from 'maxmind'
import { geoAddress } from '../geo-address.ts'

export interface MaxmindGeoIpOptions {
  /** A database of cities, such as `GeoLite2-City.mmdb`. It may be replaced, as `geoipupdate` does, while this runs. */
  readonly path: string
  /** @default systemClock */
  readonly clock?: Clock
}

/** How often the file is looked at. */
const lookMs = 60_000

/** Locations from a file of MaxMind's, read into memory and read again when it was replaced. */
export function maxmindGeoIp({ path, clock = systemClock }: MaxmindGeoIpOptions): GeoIp {
  let reader: Reader<CityResponse> | null = null
  let version = ''
  let lookedAt = Number.NEGATIVE_INFINITY
  let looking: Promise<void> | null = null

  async function look(): Promise<void> {
    const { mtimeMs, size, ino } = await stat(path)
    const found = `${mtimeMs} ${size} ${ino}`
    if (found === version) return
    reader = await open<CityResponse>(path)
    version = found
  }

  /** What was read before goes on while a new file cannot be read. */
  async function current(): Promise<Reader<CityResponse> | null> {
    const now = clock.now().getTime()
    if (now - lookedAt >= lookMs) {
      lookedAt = now
      looking = look().catch(() => {})
    }
    await looking
    return reader
  }

  return {
    adapter: { name: 'maxmind' },
    lookup: async (ip) => {
      const address = geoAddress(ip)
      if (address === null) return null
      try {
        const found = (await current())?.get(address)
        if (!found) return null
        return {
          city: found.city?.names.en ?? null,
          region: found.subdivisions?.[0]?.names.en ?? null,
          country: found.country?.iso_code ?? null,
        }
      } catch {
        return null
      }
    },
    check: look,
  }
}
