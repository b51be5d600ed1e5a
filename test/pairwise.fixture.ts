export type Choices = Readonly<Record<string, readonly string[]>>
export type Row = Readonly<Record<string, string>>

const pairKey = (a: string, x: string, b: string, y: string): string =>
  JSON.stringify(a < b ? [a, x, b, y] : [b, y, a, x])

/** Every value of every choice beside every value of every other. */
export function pairsOf(choices: Choices): ReadonlySet<string> {
  const all = Object.entries(choices)
  return new Set(
    all.flatMap(([a, xs], at) =>
      all.slice(at + 1).flatMap(([b, ys]) => xs.flatMap((x) => ys.map((y) => pairKey(a, x, b, y)))),
    ),
  )
}

export const pairsIn = (row: Row): readonly string[] => {
  const all = Object.entries(row)
  return all.flatMap(([a, x], at) => all.slice(at + 1).map(([b, y]) => pairKey(a, x, b, y)))
}

/** A few rows in which every pair occurs: each begins with a pair that is missing and takes what adds the most. */
export function pairwise(choices: Choices): readonly Row[] {
  const missing = new Set(pairsOf(choices))
  const rows: Row[] = []
  for (const [first] of iterate(missing)) {
    const [a, x, b, y] = JSON.parse(first) as [string, string, string, string]
    let row: Row = { [a]: x, [b]: y }
    for (const [name, values] of Object.entries(choices)) {
      if (Object.hasOwn(row, name)) continue
      const gain = (value: string): number =>
        pairsIn({ ...row, [name]: value }).filter((pair) => missing.has(pair)).length
      const best = values.toSorted((one, other) => gain(other) - gain(one))[0] ?? ''
      row = { ...row, [name]: best }
    }
    for (const pair of pairsIn(row)) missing.delete(pair)
    rows.push(row)
  }
  return rows
}

/** What is left, again and again, until nothing is. */
function* iterate(left: ReadonlySet<string>): Generator<readonly [string]> {
  for (let [first] = left; first !== undefined; [first] = left) yield [first]
}
