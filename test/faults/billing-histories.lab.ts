import { expect, test } from 'vitest'
import { newId } from '@corbel/core'
import type { GatewayOperations, PaymentGateway } from '@corbel/billing/ports'
import { type Disturbance, live } from '../billing/history.fixture.ts'
import { backends, openStorage, type OpenStorage } from '../storages.ts'
import { expectFault, ms } from './report.fixture.ts'

const histories = 1000
const onDatabase = 60
const ofControl = 15

/** The same seeds again: `HISTORY_SEED=4711 npm run faults -- billing-histories`. */
const firstSeed = Number(process.env['HISTORY_SEED'] ?? Math.floor(Math.random() * 1_000_000))

interface Lived {
  events: number
  readonly wrong: string[]
}

async function liveMany(
  count: number,
  open: () => Promise<OpenStorage>,
  disturb?: Disturbance,
): Promise<Lived> {
  const all: Lived = { events: 0, wrong: [] }
  for (let seed = firstSeed; seed < firstSeed + count; seed++) {
    const history = await live(seed, await open(), disturb)
    all.events += history.events
    all.wrong.push(...history.wrong.map((what) => `seed ${seed}: ${what}`))
  }
  return all
}

/** Under another key each time, as a client of a gateway does by itself. */
const forgetfulOfKeys = (gateway: PaymentGateway): PaymentGateway => ({
  ...gateway,
  ...Object.fromEntries(
    (
      ['createCustomer', 'startSubscription', 'createCheckout'] as const satisfies (keyof GatewayOperations)[]
    ).map((name) => [
      name,
      (input: never, key: string) => gateway[name](input, key.replace(/cmd_.*/, newId('cmd'))),
    ]),
  ),
})

type Storage = OpenStorage['storage']
type Repositories = Storage['repositories']

function with_(
  storage: Storage,
  change: (billing: Repositories['billing']) => Partial<Repositories['billing']>,
): Storage {
  const changed = <R extends Repositories>(repositories: R): R => ({
    ...repositories,
    billing: { ...repositories.billing, ...change(repositories.billing) },
  })
  return {
    ...storage,
    repositories: changed(storage.repositories),
    transaction: (work) =>
      storage.transaction((scope) => work({ ...scope, repositories: changed(scope.repositories) })),
  }
}

/** What has been wrong in others: each is to be found within a few histories. */
const controls: Readonly<Record<string, Disturbance>> = {
  'the last event wins': {
    storage: (storage) =>
      with_(storage, ({ projections }) => ({
        projections: { ...projections, load: async () => [] },
      })),
  },
  'every request has a key of its own': { gateway: forgetfulOfKeys },
  'an answer of the gateway is remembered': {
    gateway(gateway) {
      const answers = new Map<string, ReturnType<PaymentGateway['retrieve']>>()
      return {
        ...gateway,
        async retrieve(type, id) {
          const known = answers.get(id) ?? gateway.retrieve(type, id)
          answers.set(id, known)
          return known
        },
      }
    },
  },
}

test('random histories end as the gateway does, with nothing twice', async () => {
  const started = performance.now()
  const lived = await liveMany(histories, () => openStorage('memory'))
  const seconds = ms((performance.now() - started) / 1000)

  const backend = (await backends()).at(-1) ?? 'pglite'
  const database = await openStorage(backend)
  const stored = await liveMany(onDatabase, async () => {
    await database.clear()
    return database
  })
  await database.close()

  const caught: string[] = []
  for (const [name, disturb] of Object.entries(controls)) {
    const { wrong } = await liveMany(ofControl, () => openStorage('memory'), disturb)
    if (wrong.length > 0) caught.push(name)
  }
  const demandsOf = ({ wrong }: Pick<Lived, 'wrong'>) => ({
    [`both sides end alike, and nothing happens twice (${wrong.slice(0, 5).join('; ')})`]: wrong.length === 0,
  })
  expect(caught).toEqual(Object.keys(controls))
  expectFault(
    'histories',
    {
      firstSeed,
      histories,
      events: lived.events,
      wrong: lived.wrong.length,
      seconds,
      backend,
      onDatabase,
      eventsOnDatabase: stored.events,
      wrongOnDatabase: stored.wrong.length,
      controls: caught.length,
    },
    demandsOf({ wrong: [...lived.wrong, ...stored.wrong] }),
    demandsOf({ wrong: caught }),
  )
}, 1_800_000)
