import { readFileSync } from 'node:fs'

/** What one slice of work cost: CPU of the process under test and of the database processes that served it. */
export interface Slice {
  readonly operations: number
  /** Of the process under test. */
  readonly serverMicros: number
  /** Of its database backends. */
  readonly databaseMicros: number
}

/** One side of a ratio. */
export interface Subject {
  slice(): Promise<Slice>
  close(): Promise<void>
}

export interface Cost {
  readonly server: number
  readonly database: number
  readonly total: number
}

// Linux counts CPU time of processes in these for user space, whatever the kernel's own tick is.
const ticksPerSecond = 100

/** User and system time of processes, all their threads included; a process that is gone counts nothing. Linux only. */
export function cpuMicros(...pids: readonly number[]): number {
  let ticks = 0
  for (const pid of pids) {
    // The name in brackets may hold spaces; utime and stime are the 12th and 13th field after it (proc_pid_stat(5)).
    const [, rest = ''] = readStat(pid).split(/\) (?!.*\) )/)
    const fields = rest.split(' ')
    ticks += Number(fields[11] ?? 0) + Number(fields[12] ?? 0)
  }
  return (ticks * 1e6) / ticksPerSecond
}

function readStat(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return ''
  }
}

/**
 * Runs the subjects in turns and takes the cheapest slice of each: on a shared machine the others only ever add. The first
 * round warms up and does not count.
 */
export async function cheapest<Name extends string>(
  subjects: Readonly<Record<Name, Subject>>,
  rounds: number,
): Promise<Record<Name, Cost>> {
  const names = Object.keys(subjects) as Name[]
  const costs = {} as Record<Name, Cost>
  for (let round = 0; round <= rounds; round++) {
    for (const name of names) {
      const { operations, serverMicros, databaseMicros } = await subjects[name].slice()
      if (operations === 0) throw new Error(`${name} did nothing.`)
      const server = serverMicros / operations
      const database = databaseMicros / operations
      const cost = { server, database, total: server + database }
      if (round > 0 && cost.total < (costs[name]?.total ?? Number.POSITIVE_INFINITY)) costs[name] = cost
    }
  }
  for (const name of names) await subjects[name].close()
  return costs
}
