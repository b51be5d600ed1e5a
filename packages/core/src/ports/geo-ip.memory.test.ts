import { describe, expect, test } from 'vitest'
import { collectFailures } from '../../../../test/collect-failures.ts'
import { conforming } from '../../../../test/vitest-suite.ts'
import { geoIpConformance } from './geo-ip.conformance.ts'
import { memoryGeoIp } from './geo-ip.memory.ts'
import type { GeoIp } from './geo-ip.ts'

const london = { city: 'London', region: 'England', country: 'GB' }
const sweden = { city: null, region: null, country: 'SE' }
const never = { never: 'its source is a table in memory' }

const fresh = async () => ({
  geoIp: memoryGeoIp({ '81.2.69.0/24': london, '2a02:d400::/29': sweden, '10.0.0.0/8': london }),
  known: { v4: ['81.2.69.160', london], v6: ['2a02:d400:abc::1', sweden] } as const,
  unknown: '81.2.70.1',
})

describe('memoryGeoIp', () => {
  geoIpConformance(conforming('geo-IP', 'memory'), fresh, never)

  test('of networks within networks the smallest counts, in whatever order they are given', async () => {
    const geoIp = memoryGeoIp({ '81.2.69.7': sweden, '81.2.0.0/16': sweden, '81.2.69.0/24': london })
    expect(await geoIp.lookup('81.2.69.8')).toEqual(london)
    expect(await geoIp.lookup('81.2.70.1')).toEqual(sweden)
    expect(await geoIp.lookup('81.2.69.7')).toEqual(sweden)
  })

  test('refuses what is no network', () => {
    expect(() => memoryGeoIp({ London: london })).toThrow('is not a network')
  })
})

test('a source that is asked as it is, throws, and tells of private networks', async () => {
  const asIs = async (ip: string) => {
    if (!/^[\d.:a-fA-F]+$/.test(ip)) throw new Error('not an address')
    if (ip.startsWith('81.2.69.') || ip.startsWith('10.')) return london
    return ip.startsWith('2a02:d400:') ? { ...sweden, country: 'se' } : null
  }
  const geoIp: GeoIp = { adapter: { name: 'broken' }, lookup: asIs }
  const broken = async (): Promise<GeoIp> => ({
    adapter: { name: 'broken' },
    lookup: () => Promise.reject(new Error('the file is damaged')),
  })
  const failures = await collectFailures((suite) =>
    geoIpConformance(suite, async () => ({ ...(await fresh()), geoIp }), broken),
  )
  expect(failures).toEqual([
    'lookup says where an address is: names, and the country by its code of two letters',
    'an IPv4-mapped IPv6 address is that IPv4 address, and any spelling of IPv6 is the same',
    'lookup answers null for private addresses',
    'lookup answers null for what is no address, and never throws',
    'concurrent lookups do not get each other’s answers',
    'lookup answers null when its source fails',
  ])
})
