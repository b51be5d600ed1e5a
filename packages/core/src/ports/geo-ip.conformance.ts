import type { GeoIp, GeoLocation } from './geo-ip.ts'
import type { Outage } from './outage.ts'
import { race, racers, type Suite, winners } from './suite.ts'

export interface GeoIpHarness {
  readonly geoIp: GeoIp
  /** An IPv4 and an IPv6 address that the source knows, as it is spelled usually, and where they are. */
  readonly known: { readonly v4: readonly [string, GeoLocation]; readonly v6: readonly [string, GeoLocation] }
  /** A public address that the source does not know. */
  readonly unknown: string
}

/** The law of {@link GeoIp}. `broken` gives one whose source has failed. */
export function geoIpConformance(
  { test, skip, expect }: Suite,
  fresh: () => Promise<GeoIpHarness>,
  broken: Outage<GeoIp>,
): void {
  const isName = (value: string | null): boolean => value === null || value.length > 0

  test('lookup says where an address is: names, and the country by its code of two letters', async () => {
    const { geoIp, known } = await fresh()
    for (const [ip, location] of [known.v4, known.v6]) {
      const found = await geoIp.lookup(ip)
      expect(found).toEqual(location)
      expect(Object.keys(found ?? {}).toSorted()).toEqual(['city', 'country', 'region'])
      expect(isName(found?.city ?? null) && isName(found?.region ?? null)).toBe(true)
      expect(found?.country === null || /^[A-Z]{2}$/.test(found?.country ?? '')).toBe(true)
    }
  })

  test('an IPv4-mapped IPv6 address is that IPv4 address, and any spelling of IPv6 is the same', async () => {
    const { geoIp, known } = await fresh()
    const [v4, there] = known.v4
    const [a = 0, b = 0, c = 0, d = 0] = v4.split('.').map(Number)
    const hex = (high: number, low: number): string => (high * 256 + low).toString(16)
    for (const mapped of [`::ffff:${v4}`, `::FFFF:${hex(a, b)}:${hex(c, d)}`, `0:0:0:0:0:ffff:${v4}`])
      expect(await geoIp.lookup(mapped)).toEqual(there)
    const [v6, elsewhere] = known.v6
    expect(await geoIp.lookup(v6.toUpperCase())).toEqual(elsewhere)
  })

  test('lookup answers null for what is not known', async () => {
    const { geoIp, unknown } = await fresh()
    expect(await geoIp.lookup(unknown)).toBe(null)
  })

  test('lookup answers null for private addresses', async () => {
    const { geoIp } = await fresh()
    for (const ip of [
      '127.0.0.1',
      '10.1.2.3',
      '192.168.1.1',
      '169.254.169.254',
      '100.64.0.1',
      '0.0.0.0',
      '::',
      '::1',
      'fd00::1',
      'fe80::1',
      '::ffff:10.1.2.3',
    ])
      expect(await geoIp.lookup(ip)).toBe(null)
  })

  test('lookup answers null for what is no address, and never throws', async () => {
    const { geoIp, known } = await fresh()
    const [ip] = known.v4
    for (const text of [
      '',
      ' ',
      'localhost',
      'unknown',
      `${ip} `,
      ` ${ip}`,
      `${ip}:443`,
      `${ip}/24`,
      `${ip}\n`,
      `0${ip}`,
      `${ip}.1`,
      '256.1.1.1',
      '1.2.3',
      ':::',
      '[::1]',
      'fe80::1%eth0',
      '1'.repeat(100_000),
      '\0',
      '__proto__',
      '../etc/passwd',
    ])
      expect(await geoIp.lookup(text)).toBe(null)
    for (const value of [null, undefined, 7, {}])
      expect(await geoIp.lookup(value as unknown as string)).toBe(null)
  })

  test('concurrent lookups do not get each other’s answers', async () => {
    const { geoIp, known, unknown } = await fresh()
    const asked = [known.v4[0], known.v6[0], unknown, 'none'].map((ip) => ({ ip }))
    const expected = [known.v4[1], known.v6[1], null, null]
    const answers = winners(await race((racer) => geoIp.lookup(asked[racer % 4]?.ip ?? '')))
    expect(answers).toEqual(Array.from({ length: racers }, (_, racer) => expected[racer % 4]))
  })

  if ('never' in broken) skip('lookup answers null when its source fails', broken.never)
  else
    test('lookup answers null when its source fails', async () => {
      const { known } = await fresh()
      expect(await (await broken()).lookup(known.v4[0])).toBe(null)
    })
}
