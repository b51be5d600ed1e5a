import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { geoIpConformance, Secret } from '@corbel/core/ports'
import { afterAll, describe, expect, test } from 'vitest'
import { conforming } from '../../../../test/vitest-suite.ts'
import { ipinfoGeoIp } from './ipinfo-geo-ip.ts'

const places: Readonly<Record<string, object>> = {
  '81.2.69.142': { ip: '81.2.69.142', city: 'London', region: 'England', country: 'GB', org: 'AS20712' },
  '2a02:ffc0::1': { ip: '2a02:ffc0::1', city: 'Gibraltar', region: 'Gibraltar', country: 'GI' },
}

/** As IPinfo answers: what it does not know has an address and nothing else. */
async function openIpinfo() {
  const state = { asked: 0, url: '', answer: null as string | null }
  const server = createServer((request, response) => {
    state.asked++
    const ip = decodeURIComponent(request.url?.split('/')[1] ?? '')
    if (request.headers.authorization !== 'Bearer tok') return void response.writeHead(403).end('{}')
    response.end(state.answer ?? JSON.stringify(places[ip] ?? { ip, bogon: false }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { state, close: () => (server.closeAllConnections(), server.close()) }
}

const { state, close } = await openIpinfo()
afterAll(() => void close())
const open = (token = 'tok') => ipinfoGeoIp({ token: new Secret(token), baseUrl: state.url })

describe('ipinfo', () => {
  geoIpConformance(
    conforming('geo-IP', 'ipinfo'),
    async () => ({
      geoIp: open(),
      known: {
        v4: ['81.2.69.142', { city: 'London', region: 'England', country: 'GB' }],
        v6: ['2a02:ffc0::1', { city: 'Gibraltar', region: 'Gibraltar', country: 'GI' }],
      },
      unknown: '8.8.8.8',
    }),
    async () => open('wrong'),
  )

  test('one address is asked for once, also by many at a time, and no private one ever', async () => {
    const geoIp = open()
    const before = state.asked
    await Promise.all(Array.from({ length: 64 }, () => geoIp.lookup('81.2.69.142')))
    await geoIp.lookup('::ffff:81.2.69.142')
    await geoIp.lookup('10.0.0.1')
    expect(state.asked - before).toBe(1)
  })

  test.each(['null', '[]', '"x"', '{"country":"<b>","city":7}', 'not json'])(
    'an answer like %j is nothing',
    async (answer) => {
      state.answer = answer
      expect(await open().lookup('81.2.69.142')).toBe(null)
      state.answer = null
    },
  )
})
