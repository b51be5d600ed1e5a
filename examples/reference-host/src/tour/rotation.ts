import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { fileKeyStore } from '@corbel/adapters/file'
import { localKeyVault, Secret } from '@corbel/core/ports'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import type { Tour } from './tour.ts'

// Processes look for new keys after a second; others are given as long as they may keep the old ones.
const keptFor = 2500

/** Replaces the signing key while tokens are issued, used, and verified by somebody who knows only the address of the keys. */
export async function showRotation(tour: Tour, keys: { readonly path: string; readonly secret: string }) {
  tour.chapter('A new signing key, under load')
  const store = fileKeyStore({ path: keys.path, secret: new Secret(keys.secret) })
  const { rotation } = localKeyVault({ store })
  assert.ok(rotation)
  const jwks = createRemoteJWKSet(new URL(`${tour.url}/.well-known/jwks.json`), { cooldownDuration: 0 })
  const body = { email: 'load@example.com', password: 'correct horse battery staple' }
  await tour.call('POST', '/api/v1/auth/register', {
    body: { ...body, tenantName: 'Load', acceptTerms: true },
  })
  const { body: first } = await tour.call('POST', '/api/v1/auth/token', { body })
  const kids = new Set<string>()
  let verified = 0
  const over = new AbortController()
  async function load(): Promise<void> {
    let { refreshToken, accessToken } = (await tour.call('POST', '/api/v1/auth/token', { body })).body
    while (!over.signal.aborted) {
      const me = await tour.call('GET', '/api/v1/auth/me', { token: accessToken as string })
      assert.equal(me.status, 200, `a good token was refused: ${JSON.stringify(me.body)}`)
      const { protectedHeader } = await jwtVerify(accessToken as string, jwks, { issuer: tour.url })
      kids.add(protectedHeader.kid ?? '')
      verified += 2
      ;({ refreshToken, accessToken } = (
        await tour.call('POST', '/api/v1/auth/refresh', { body: { refreshToken } })
      ).body)
    }
  }
  const loads = Promise.all(Array.from({ length: 4 }, load))
  const [old] = await rotation.list()
  const { kid } = await rotation.publish()
  tour.tell('published: shown to who verifies, nothing is signed with it')
  await delay(keptFor)
  await rotation.activate(kid, new Date(Date.now() - keptFor + 500))
  tour.tell('activated: new tokens have it, old ones stay good')
  await delay(keptFor)
  over.abort()
  await loads
  assert.deepEqual(kids, new Set([old?.kid, kid]))
  tour.tell(`${verified} verifications by the host and by jose meanwhile, 0 failed`)
  await tour.show('a token of the old key', 200, 'GET', '/api/v1/auth/me', {
    token: first['accessToken'] as string,
  })
  await rotation.remove(old?.kid ?? '', null)
  await delay(1500)
  await tour.show('after the old key was taken away as stolen', 401, 'GET', '/api/v1/auth/me', {
    token: first['accessToken'] as string,
  })
}
