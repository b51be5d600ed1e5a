import { test } from 'vitest'
import { tempFolder } from '../host/temp-folder.fixture.ts'
import { connect, hasRedisServer, type PrivateRedis, startRedis } from '../redis.ts'
import { startControl } from './control-server.fixture.ts'
import { ask, bearer, isAlive, newToken, startHost, type Told } from './fault-host.fixture.ts'
import { expectFault, ms } from './report.fixture.ts'

const limit = 100

// Before, during and after each fault: far more than twice the limit in all.
const phases = [60, 140, 140] as const

// The deadline of a command, of which a call to the limiter needs at most two.
const commandMs = 250
const slackMs = 500

interface Fault {
  begin(redis: PrivateRedis): Promise<void>
  end(redis: PrivateRedis): Promise<void>
}

const told = async ({ url }: PrivateRedis, ...commands: readonly (readonly [string, ...string[]])[]) => {
  const client = connect(url)
  for (const [name, ...args] of commands) await client.call(name, ...args)
  client.disconnect()
}

/** Writes until there is no more room, or until the oldest keys have gone. */
async function fill({ url }: PrivateRedis): Promise<void> {
  const client = connect(url)
  for (let i = 0; i < 400; i++) {
    const isFull = await client.set(`filler:${i}`, 'x'.repeat(20_000)).then(
      () => false,
      () => true,
    )
    if (isFull) break
  }
  client.disconnect()
}

const memory = (bytes: string, policy: string) =>
  [
    ['config', 'set', 'maxmemory-policy', policy],
    ['config', 'set', 'maxmemory', bytes],
  ] as const

const faults: Readonly<Record<string, Fault>> = {
  down: { begin: (redis) => redis.kill(), end: (redis) => redis.start() },
  frozen: { begin: async (redis) => redis.freeze(), end: async (redis) => redis.thaw() },
  flushed: { begin: (redis) => told(redis, ['flushall']), end: async () => {} },
  full: {
    async begin(redis) {
      await told(redis, ...memory('3mb', 'noeviction'))
      await fill(redis)
    },
    end: (redis) => told(redis, ['flushall'], ...memory('0', 'noeviction')),
  },
  evicting: {
    async begin(redis) {
      await told(redis, ...memory('3mb', 'allkeys-lru'))
      await fill(redis)
    },
    end: (redis) => told(redis, ...memory('0', 'noeviction')),
  },
}

/** Sends more than the limit admits, as one client, over a fault. */
async function cross(
  url: string,
  address: string,
  redis: PrivateRedis,
  { begin, end }: Fault,
): Promise<readonly Told[]> {
  // Nothing of it is a registration: the limit is asked before the body is looked at.
  const one = () =>
    ask(`${url}/api/v1/auth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
      body: '{}',
    })
  const send = async (count: number): Promise<readonly Told[]> => {
    const answers: Told[] = []
    while (answers.length < count) answers.push(...(await Promise.all(Array.from({ length: 10 }, one))))
    return answers
  }
  const [before, during, after] = phases
  const answers = [...(await send(before))]
  await begin(redis)
  answers.push(...(await send(during)))
  await end(redis)
  answers.push(...(await send(after)))
  return answers
}

interface Revocations {
  /** Answers to tokens that were revoked, while Redis failed and after. */
  readonly statuses: readonly number[]
  /** Answers to a token that was not: what is refused for another reason proves nothing. */
  readonly controls: readonly number[]
}

/** Ends every session of a user over a fault, and shows their token again and again. */
async function revokeAcross(
  url: string,
  email: string,
  redis: PrivateRedis,
  fault: Fault,
): Promise<Revocations> {
  const revoked = await newToken(url, email)
  const kept = await newToken(url, `still-${email}`)
  const me = async (token: string) => (await ask(`${url}/api/v1/auth/me`, { headers: bearer(token) })).status
  const [statuses, controls]: [number[], number[]] = [[], []]
  const show = async () => {
    for (let n = 0; n < 5; n++) {
      statuses.push(await me(revoked))
      controls.push(await me(kept))
    }
  }
  await me(revoked)
  await fault.begin(redis)
  await ask(`${url}/api/v1/auth/logout/all`, { method: 'POST', headers: bearer(revoked) })
  await show()
  await fault.end(redis)
  await show()
  return { statuses, controls }
}

const admitted = (answers: readonly Told[]): number => answers.filter(({ status }) => status === 400).length

test.skipIf(!hasRedisServer())(
  'F6: a Redis that fails refuses nobody and admits no more than twice the limit',
  async () => {
    const redis = await startRedis()
    const host = await startHost(tempFolder(), {
      REDIS_URL: redis.url,
      TRUSTED_PROXIES: '127.0.0.1',
      SIGNUP_RATE_LIMIT_PER_HOUR: String(limit),
    })
    const control = await startControl('open-limiter.process.ts', redis.url, String(limit))
    try {
      const counts: Record<string, number> = {}
      const all: Told[] = []
      for (const [n, [name, fault]] of Object.entries(faults).entries()) {
        const answers = await cross(host.url, `198.51.100.${n + 1}`, redis, fault)
        counts[name] = admitted(answers)
        all.push(...answers)
      }
      const shown: Revocations[] = []
      for (const [name, fault] of Object.entries(faults))
        shown.push(await revokeAcross(host.url, `${name}@example.com`, redis, fault))
      const calm = await cross(host.url, '198.51.100.99', redis, {
        begin: async () => {},
        end: async () => {},
      })
      const down = faults['down'] ?? { begin: async () => {}, end: async () => {} }
      const bad = admitted(await cross(`http://127.0.0.1:${control.port}`, '198.51.100.1', redis, down))
      const strange = all.filter(({ status }) => status !== 400 && status !== 429)
      const worstMs = Math.max(...all.map(({ durationMs }) => durationMs))
      const demandsOf = (most: number) => ({ 'no more than twice the limit is admitted': most <= 2 * limit })
      expectFault(
        'F6',
        {
          limit,
          ...counts,
          calm: admitted(calm),
          revokedShown: shown.flatMap(({ statuses }) => statuses).length,
          revokedAccepted: shown.flatMap(({ statuses }) => statuses).filter((status) => status !== 401)
            .length,
          requests: all.length,
          strange: strange.length,
          worstMs: ms(worstMs),
          controlAdmitted: bad,
        },
        {
          ...demandsOf(Math.max(...Object.values(counts))),
          'nothing is admitted beyond the limit while all is well': admitted(calm) <= limit + 2,
          [`no answer but 400 and 429 (${[...new Set(strange.map(({ status }) => status))].join()})`]:
            strange.length === 0,
          'a revoked token is refused, whatever Redis does': shown.every(({ statuses }) =>
            statuses.every((status) => status === 401),
          ),
          'another token is accepted, whatever Redis does': shown.every(({ controls }) =>
            controls.every((status) => status === 200),
          ),
          'nobody waits for Redis': worstMs <= 2 * commandMs * 1.1 + slackMs,
          alive: isAlive(host),
        },
        demandsOf(bad),
      )
    } finally {
      await host.end('SIGKILL')
      await control.close()
      await redis.close()
    }
  },
)
