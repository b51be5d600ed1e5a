import type { BenchDatabase } from './database.ts'
import type { Figure } from './figure.ts'
import { mastraFolder, mastraVersion } from './mastra-folder.ts'
import { cores, startWorker, type Worker } from './processes.ts'
import type { Turns } from './scripted-answer.ts'

const turns = 20
const stored = { few: 50, many: 20_000 }

/** What turns took in all slices. */
class Times {
  readonly first: number[] = []
  readonly whole: number[] = []
  /** Of the cheapest slice. */
  cpu = Number.POSITIVE_INFINITY
  last: Turns = { first: [], whole: [], cpu: 0, statements: 0, stored: 0 }

  add(slice: Turns): void {
    this.first.push(...slice.first)
    this.whole.push(...slice.whole)
    this.cpu = Math.min(this.cpu, slice.cpu)
    this.last = slice
  }
}

/**
 * P14: what a turn of an agent takes beyond its model, which answers at once, with a quota, guardrails, memory, usage and an event log,
 * by way of the HTTP API. P15: the same with 20,000 messages stored. B7: beside Mastra, called directly, which has memory alone.
 */
export async function agentFigures(database: BenchDatabase, rounds: number): Promise<readonly Figure[]> {
  const ours = await startWorker('agent-turns.ts', cores.subject, database.url('agents'), 'quota')
  const mastra = await startMastra(database)
  const fewTimes = new Times()
  const manyTimes = new Times()
  const mastraTimes = new Times()
  for (let round = 0; round <= rounds; round++) {
    const few = await ours.ask<Turns>({ turns, stored: stored.few })
    const many = await ours.ask<Turns>({ turns, stored: stored.many })
    const theirs = await (mastra instanceof Error ? null : mastra.ask<Turns>({ turns }))
    const taken = 2 * turns * (round + 1)
    for (const [found, before] of [
      [few.stored, stored.few],
      [many.stored, stored.many],
      [theirs?.stored ?? taken, 0],
    ] as const)
      if (found !== before + taken) throw new Error(`${found - before} messages are stored of ${taken}.`)
    // The first round warms up.
    if (round === 0) continue
    fewTimes.add(few)
    manyTimes.add(many)
    if (theirs) mastraTimes.add(theirs)
  }
  await ours.close()
  if (!(mastra instanceof Error)) await mastra.close()
  const of = (times: Times, part: 'first' | 'whole') => ({
    p50: rank(times[part], 0.5),
    p95: rank(times[part], 0.95),
  })
  const facts = (times: Times) =>
    `first word p50 ${ms(of(times, 'first').p50)}, p95 ${ms(of(times, 'first').p95)}; turn p50 ${ms(of(times, 'whole').p50)}, p95 ${ms(of(times, 'whole').p95)}; statements of a turn: ${times.last.statements}`
  const figure = (
    id: string,
    what: string,
    limit: string,
    goal: number,
    raw: number | null,
    our: number | null,
  ) => ({
    id,
    what,
    limit,
    goal,
    raw,
    ours: our,
    unit: 'ms',
    ...(raw === null && mastra instanceof Error && { note: `not measured: ${mastra.message}` }),
  })
  const first = of(fewTimes, 'first').p50
  const whole = of(fewTimes, 'whole').p50
  const peer = `Mastra ${mastraVersion} with PostgresStore`
  const theirs = (part: 'first' | 'whole') => (mastra instanceof Error ? null : of(mastraTimes, part).p50)
  return [
    {
      ...figure('P14 first', 'first word of an agent, beyond its model; p50', '3 ms', 1, 3, first),
      facts: facts(fewTimes),
    },
    figure('P14 turn', 'turn of an agent, beyond its model; p50', '6 ms', 1, 6, whole),
    {
      ...figure(
        'P15 first',
        'first word after 20,000 messages; p50',
        'after 50',
        1.2,
        first,
        of(manyTimes, 'first').p50,
      ),
      facts: facts(manyTimes),
    },
    figure('P15 turn', 'turn after 20,000 messages; p50', 'after 50', 1.2, whole, of(manyTimes, 'whole').p50),
    {
      ...figure('B7 first', 'first word of an agent; p50', peer, 1 / 2, theirs('first'), first),
      ...(!(mastra instanceof Error) && { facts: facts(mastraTimes) }),
    },
    figure('B7 turn', 'turn of an agent; p50', peer, 1 / 3, theirs('whole'), whole),
    figure(
      'B7 cpu',
      'CPU of the process for a turn',
      peer,
      1 / 3,
      mastra instanceof Error ? null : mastraTimes.cpu,
      fewTimes.cpu,
    ),
  ]
}

async function startMastra(database: BenchDatabase): Promise<Worker | Error> {
  try {
    const folder = mastraFolder()
    return await startWorker(
      'mastra-turns.ts',
      cores.subject,
      database.url('mastra'),
      database.schema,
      folder,
    )
  } catch (error) {
    return error as Error
  }
}

const rank = (times: readonly number[], part: number): number =>
  times.toSorted((a, b) => a - b)[Math.ceil(times.length * part) - 1] ?? Number.NaN

const ms = (value: number): string => `${value.toFixed(1)} ms`
