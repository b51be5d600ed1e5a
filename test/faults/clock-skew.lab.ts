import { existsSync, globSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { HostProcess } from '../../examples/reference-host/src/spawn-host.ts'
import { post } from '../host/api.fixture.ts'
import { tempFolder } from '../host/temp-folder.fixture.ts'
import { ask, bearer, password, postRegistration, startHost } from './fault-host.fixture.ts'
import { hasPostgresServer, startCluster } from './postgres-cluster.fixture.ts'
import { expectFault } from './report.fixture.ts'

const [library] = globSync('/usr/lib/*/faketime/libfaketimeMT.so.1')
const hasFaketime = library !== undefined && existsSync(library)

// What the verifier of access tokens forgives, in seconds, and how long they live.
const toleranceSeconds = 5
const lifetimeSeconds = 900

// Ahead and behind by more than is forgiven, by less, and a clock that runs ten times as fast.
const skews = { right: '+0', ahead: '+5m', behind: '-90s', slightly: '+3s', fast: '+0 x10' } as const
type Skew = keyof typeof skews

interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
  readonly expiresIn: number
}

async function signIn({ url }: HostProcess, email: string): Promise<Tokens> {
  const { status, body } = await post(url, '/api/v1/auth/token', { email, password })
  if (status !== 200) throw new Error(`${email} cannot sign in: ${status}`)
  return body as unknown as Tokens
}

const claimsOf = ({ accessToken }: Tokens) =>
  JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString()) as {
    readonly iat: number
    readonly exp: number
  }

const me = async ({ url }: HostProcess, { accessToken }: Tokens): Promise<number> =>
  (await ask(`${url}/api/v1/auth/me`, { headers: bearer(accessToken) })).status

/** What a client meets at one host: the statuses in order, and the lifetimes that it is told. */
async function journey(host: HostProcess, email: string) {
  const registered = await postRegistration(host.url, email)
  const tokens = await signIn(host, email)
  const { status: refreshed, body } = await post(host.url, '/api/v1/auth/refresh', {
    refreshToken: tokens.refreshToken,
  })
  const next = body as unknown as Tokens
  const seen = await me(host, next)
  const renamed = await ask(`${host.url}/api/v1/tenants/account`, {
    method: 'PATCH',
    headers: { ...bearer(next.accessToken), 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Another name' }),
  })
  const out = await ask(`${host.url}/api/v1/auth/logout/all`, {
    method: 'POST',
    headers: bearer(next.accessToken),
  })
  const ended = await me(host, next)
  const { iat, exp } = claimsOf(next)
  return {
    statuses: [registered.status, refreshed, seen, renamed.status, out.status, ended].join(),
    lifetimes: [tokens.expiresIn, next.expiresIn, exp - iat],
  }
}

const expected = '201,200,200,200,200,401'

test.skipIf(!hasFaketime || !hasPostgresServer())(
  'F10: hosts whose clocks differ forgive what they say, and no lifetime is negative',
  async () => {
    const cluster = await startCluster()
    const folder = tempFolder()
    const hosts = {} as Record<Skew, HostProcess>
    try {
      for (const [name, time] of Object.entries(skews)) {
        hosts[name as Skew] = await startHost(folder, {
          DATABASE_URL: cluster.url,
          ...(name !== 'right' && {
            LD_PRELOAD: library ?? '',
            FAKETIME: time,
            // Timers must not jump: an operating system does not do that either.
            FAKETIME_DONT_FAKE_MONOTONIC: '1',
          }),
        })
      }
      const journeys: Record<string, Awaited<ReturnType<typeof journey>>> = {}
      for (const name of Object.keys(skews))
        journeys[name] = await journey(hosts[name as Skew], `${name}@example.com`)

      await postRegistration(hosts.right.url, 'ada@example.com')
      const tokens = {} as Record<Skew, Tokens>
      for (const name of ['right', 'ahead', 'behind', 'slightly'] as const)
        tokens[name] = await signIn(hosts[name], 'ada@example.com')
      const crossed = {
        'from ahead': await me(hosts.right, tokens.ahead),
        'to ahead': await me(hosts.ahead, tokens.right),
        'from behind': await me(hosts.right, tokens.behind),
        'to behind': await me(hosts.behind, tokens.right),
        'from slightly ahead': await me(hosts.right, tokens.slightly),
        'to slightly ahead': await me(hosts.slightly, tokens.right),
      }
      const aheadBy = claimsOf(tokens.ahead).iat - claimsOf(tokens.right).iat
      const lifetimes = Object.values(journeys).flatMap((one) => one.lifetimes)
      // The bad control: who looks at `exp` alone takes a token from the future.
      const control = { 'from ahead': claimsOf(tokens.ahead).exp > Date.now() / 1000 ? 200 : 401 }
      const demandsOf = (statuses: { readonly 'from ahead': number }) => ({
        'a token from beyond the tolerance is refused': statuses['from ahead'] === 401,
      })
      expect(aheadBy).toBeGreaterThan(toleranceSeconds)
      expectFault(
        'F10',
        {
          hosts: Object.keys(skews).length,
          aheadBySeconds: aheadBy,
          toleranceSeconds,
          shortestLifetime: Math.min(...lifetimes),
          ...crossed,
        },
        {
          ...demandsOf(crossed),
          'a token from beyond the tolerance is refused the other way round': crossed['to behind'] === 401,
          'an older token is taken': crossed['to ahead'] === 200 && crossed['from behind'] === 200,
          'a difference within the tolerance is forgiven':
            crossed['from slightly ahead'] === 200 && crossed['to slightly ahead'] === 200,
          'no lifetime is negative or longer': lifetimes.every((seconds) => seconds === lifetimeSeconds),
          [`every host works by itself (${Object.values(journeys)
            .map(({ statuses }) => statuses)
            .join(' ')})`]: Object.values(journeys).every(({ statuses }) => statuses === expected),
        },
        demandsOf(control),
      )
    } finally {
      for (const host of Object.values(hosts)) await host.end('SIGKILL')
      await cluster.close()
    }
  },
)
