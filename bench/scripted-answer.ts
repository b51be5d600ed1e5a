/** What every model of the benchmarks says, at once. */
export const deltas: readonly string[] = Array.from({ length: 64 }, (_, index) => `word${index} `)

export const question = 'What is there to say about it?'

/** How long turns took, in ms, up to the first word and as a whole. */
export interface Turns {
  readonly first: readonly number[]
  readonly whole: readonly number[]
  /** CPU of this process for each turn, in ms. */
  readonly cpu: number
  /** Of the last turn. */
  readonly statements: number
  /** Messages that are stored in the conversation. */
  readonly stored: number
}

/** Takes turns one after the other; each calls its argument at the first word. */
export async function timed(
  count: number,
  turn: (heard: () => void) => Promise<void>,
): Promise<Pick<Turns, 'first' | 'whole' | 'cpu'>> {
  const before = process.cpuUsage()
  const first: number[] = []
  const whole: number[] = []
  for (let index = 0; index < count; index++) {
    const begin = performance.now()
    let at: number | null = null
    await turn(() => (at ??= performance.now() - begin))
    whole.push(performance.now() - begin)
    if (at === null) throw new Error('The turn had no words.')
    first.push(at)
  }
  const { user, system } = process.cpuUsage(before)
  return { first, whole, cpu: (user + system) / 1000 / count }
}
