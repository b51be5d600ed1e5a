import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { geoIpConformance, manualClock } from '@corbel/core/ports'
import { afterAll, describe, expect, test } from 'vitest'
import { conforming } from '../../../../test/vitest-suite.ts'
import { maxmindGeoIp } from './maxmind-geo-ip.ts'
import { bitsOf, mmdb } from './mmdb.fixture.ts'

const folder = await mkdtemp(join(tmpdir(), 'corbel-maxmind-'))
afterAll(() => rm(folder, { recursive: true }))

const city = (name: string, region: string, country: string) => ({
  city: { names: { en: name } },
  subdivisions: [{ names: { en: region } }],
  country: { iso_code: country },
})

const fileOf = (name: string) =>
  mmdb([
    { bits: bitsOf(4, [81, 2, 69]), record: city(name, 'England', 'GB') },
    { bits: bitsOf(6, [0x2a, 0x02, 0xff, 0xc0]), record: city('Gibraltar', 'Gibraltar', 'GI') },
    { bits: bitsOf(4, [9, 9, 9]), record: { country: { iso_code: 'US' } } },
  ])

let files = 0
async function written(content: Uint8Array): Promise<string> {
  const path = join(folder, `${++files}.mmdb`)
  await writeFile(path, content)
  return path
}

describe('maxmind', () => {
  geoIpConformance(
    conforming('geo-IP', 'maxmind'),
    async () => ({
      geoIp: maxmindGeoIp({ path: await written(fileOf('London')) }),
      known: {
        v4: ['81.2.69.142', { city: 'London', region: 'England', country: 'GB' }],
        v6: ['2a02:ffc0::1', { city: 'Gibraltar', region: 'Gibraltar', country: 'GI' }],
      },
      unknown: '8.8.8.8',
    }),
    async () => maxmindGeoIp({ path: join(folder, 'none.mmdb') }),
  )

  test('what the file does not say is null', async () => {
    const geoIp = maxmindGeoIp({ path: await written(fileOf('London')) })
    expect(await geoIp.lookup('9.9.9.9')).toEqual({ city: null, region: null, country: 'US' })
  })

  test('a file that was replaced is read within a minute; a broken one leaves what was read before', async () => {
    const clock = manualClock()
    const path = await written(fileOf('London'))
    const geoIp = maxmindGeoIp({ path, clock })
    expect(await geoIp.lookup('81.2.69.142')).toMatchObject({ city: 'London' })
    await rename(await written(fileOf('Londinium')), path)
    clock.advance('1m')
    expect(await geoIp.lookup('81.2.69.142')).toMatchObject({ city: 'Londinium' })
    await rename(await written(Buffer.from('no database')), path)
    clock.advance('1m')
    expect(await geoIp.lookup('81.2.69.142')).toMatchObject({ city: 'Londinium' })
    await expect(geoIp.check?.()).rejects.toBeInstanceOf(Error)
  })

  test('check fails without a file', async () => {
    await expect(maxmindGeoIp({ path: join(folder, 'none.mmdb') }).check?.()).rejects.toMatchObject({
      code: 'ENOENT',
    })
  })
})
