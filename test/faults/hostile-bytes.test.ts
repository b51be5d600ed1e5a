import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { HostProcess } from '../../examples/reference-host/src/spawn-host.ts'
import { get } from '../host/api.fixture.ts'
import { tempFolder } from '../host/temp-folder.fixture.ts'
import { type ControlServer, startControl } from './control-server.fixture.ts'
import { ask, isAlive, newToken, portOf, residentMb, startHost } from './fault-host.fixture.ts'
import { grammarCorpus } from './grammar-corpus.fixture.ts'
import { exchange, isRefused, type Outcome } from './raw-http.fixture.ts'
import { ms, quantile, expectFault } from './report.fixture.ts'
import { sizeCorpus } from './size-corpus.fixture.ts'

// V8 keeps what it has once had: the growth of a second round, which holds nothing that the first did not, says what is kept.
const mostGrowthMb = 32

// A server that is asked to read 100 MB has read far more than this.
const mostBytes = 64 * 1024 * 1024

let host: HostProcess
let control: ControlServer
let token: string

beforeAll(async () => {
  host = await startHost(tempFolder())
  control = await startControl('unlimited-server.process.ts')
  token = await newToken(host.url, 'ada@example.com')
}, 120_000)

afterAll(async () => {
  await host?.end('SIGKILL')
  await control?.close()
})

type Outcomes = ReadonlyMap<string, Outcome>

const notRefused = (outcomes: Outcomes): readonly string[] =>
  [...outcomes].flatMap(([name, outcome]) =>
    isRefused(outcome) ? [] : [`${name}: ${outcome.statuses.join() || 'nothing'}`],
  )

async function sendGrammar(port: number): Promise<Outcomes> {
  const sent = Object.entries(grammarCorpus).map(async ([name, text]): Promise<[string, Outcome]> => [
    name,
    await exchange(port, { send: [text.replaceAll('TOKEN', token)], patienceMs: 2000 }),
  ])
  return new Map(await Promise.all(sent))
}

async function sendSizes(port: number, corpus = Object.entries(sizeCorpus)): Promise<Outcomes> {
  const outcomes = new Map<string, Outcome>()
  for (const [name, make] of corpus) outcomes.set(name, await exchange(port, make()))
  return outcomes
}

// As much as it takes to be caught.
const controlCorpus = Object.entries(sizeCorpus).filter(([name]) =>
  /^(?:100 MB|endless chunks$|a target)/.test(name),
)

const expectGoodAnswer = async () =>
  expect((await get(host.url, '/api/v1/auth/me', token)).body).toMatchObject({ email: 'ada@example.com' })

describe('hostile bytes on the socket of the host', { timeout: 120_000 }, () => {
  test('F18: what breaks the grammar of HTTP reaches nothing', async () => {
    const outcomes = await sendGrammar(portOf(host))
    const bad = await sendGrammar(control.port)
    await expectGoodAnswer()
    const reached = notRefused(outcomes)
    const smuggled = [...outcomes.values()].filter(({ statuses }) => statuses.length > 1)
    expectFault(
      'F18',
      {
        cases: outcomes.size,
        reached: reached.length,
        smuggled: smuggled.length,
        controlReached: notRefused(bad).length,
      },
      {
        [`nothing is reached (${reached.join('; ')})`]: reached.length === 0,
        'nothing is smuggled': smuggled.length === 0,
        alive: isAlive(host),
      },
      { 'nothing is reached': notRefused(bad).length === 0 },
    )
  })

  test('F17: what is too much is refused early, and nothing of it is kept', async () => {
    const port = portOf(host)
    await sendSizes(port)
    const before = residentMb(host.child.pid)
    const delays: number[] = []
    const timer = setInterval(
      () =>
        void ask(`${host.url}/health`).then(({ status, durationMs }) =>
          delays.push(status === 200 ? durationMs : Infinity),
        ),
      50,
    )
    const outcomes = await sendSizes(port)
    clearInterval(timer)
    const growthMb = residentMb(host.child.pid) - before
    await expectGoodAnswer()

    const controlBefore = residentMb(control.child.pid)
    const bad = await sendSizes(control.port, controlCorpus)
    const controlGrowthMb = residentMb(control.child.pid) - controlBefore
    const reached = notRefused(outcomes)
    const read = (all: Outcomes): number => Math.max(...[...all.values()].map(({ bytesSent }) => bytesSent))
    const demands = (all: Outcomes, growth: number) => ({
      [`all is refused (${notRefused(all).join('; ')})`]: notRefused(all).length === 0,
      'little is read': read(all) <= mostBytes,
      'nothing is kept': growth <= mostGrowthMb,
    })
    expectFault(
      'F17',
      {
        cases: outcomes.size,
        reached: reached.length,
        mostReadMb: ms(read(outcomes) / 1024 / 1024),
        growthMb: ms(growthMb),
        healthP99Ms: ms(quantile(delays, 0.99)),
        slowestMs: ms(Math.max(...[...outcomes.values()].map(({ durationMs }) => durationMs))),
        controlGrowthMb: ms(controlGrowthMb),
      },
      {
        ...demands(outcomes, growthMb),
        'the host answers meanwhile': !delays.includes(Infinity),
        alive: isAlive(host),
      },
      demands(bad, controlGrowthMb),
    )
  })
})
