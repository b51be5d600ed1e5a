import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type HostProcess, spawnHost } from '../../examples/reference-host/src/spawn-host.ts'
import { recordBackend } from '../backends.ts'
import { register } from './api.fixture.ts'
import { tempFolder } from './temp-folder.fixture.ts'

// A cold PGlite on a busy machine, and a first start makes its database.
const startLimit = 120_000

describe('the host with a provider of places', { timeout: startLimit }, () => {
  const asked: (string | undefined)[] = []
  const ipinfo = createServer(({ url, headers }, response) => {
    asked.push(url, headers.authorization)
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ city: 'London', region: 'England', country: 'GB' }))
  })
  let host: HostProcess

  beforeAll(async () => {
    ipinfo.listen(0, '127.0.0.1')
    await once(ipinfo, 'listening')
    host = await spawnHost({
      CORBEL_DATA_DIR: join(tempFolder(), 'data'),
      TRUSTED_PROXIES: '127.0.0.1',
      GEOIP_PROVIDER: 'ipinfo',
      GEOIP_IPINFO_TOKEN: 'a-token-of-ipinfo',
      GEOIP_IPINFO_BASE_URL: `http://127.0.0.1:${(ipinfo.address() as AddressInfo).port}`,
      SLACK_BOT_TOKEN: 'xoxb-a-token-of-slack',
      SLACK_CHANNELS: 'status=C0123456789',
    })
    recordBackend('reference host on pglite')
  }, startLimit)

  afterAll(async () => {
    await host?.end('SIGKILL')
    ipinfo.close()
  })

  it('shows in the list of sessions where each came from', async () => {
    const ada = { email: 'ada@example.com', password: 'a password of some length' }
    expect((await register(host.url, ada.email, ada.password)).status).toBe(201)
    const signedIn = await fetch(`${host.url}/api/v1/auth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': '81.2.69.142' },
      body: JSON.stringify(ada),
    })
    const { accessToken } = (await signedIn.json()) as { readonly accessToken: string }
    const sessions = await fetch(`${host.url}/api/v1/auth/sessions`, {
      headers: { authorization: `Bearer ${accessToken}` },
    })
    expect(await sessions.json()).toMatchObject({ data: [{ place: 'London, GB' }] })
    expect(asked).toEqual(['/81.2.69.142/json', 'Bearer a-token-of-ipinfo'])
  })

  it('says which notifier it has, and prints none of its tokens', async () => {
    const ready = await fetch(`${host.url}/health/ready`)
    expect(await ready.json()).toMatchObject({
      ports: { notifier: { adapter: 'slack' }, geoIp: { adapter: 'ipinfo', status: 'up' } },
    })
    for (const token of ['a-token-of-ipinfo', 'xoxb-a-token-of-slack'])
      expect(host.stdout + host.stderr).not.toContain(token)
  })
})
