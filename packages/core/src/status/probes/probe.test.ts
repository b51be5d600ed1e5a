import { expect, test } from 'vitest'
import { nextProbe } from './probe.ts'

const check = { failures: 3, successes: 2 }
const up = { isUp: true, streak: 0 }

/** `x` fails, `.` passes; `D` and `U` is what it counts as after each. */
function follow(results: string): string {
  let state: { readonly isUp: boolean; readonly streak: number } | null = null
  return Array.from(results)
    .map((result) => {
      state = nextProbe(state, { passed: result === '.' }, check)
      return state.isUp ? 'U' : 'D'
    })
    .join('')
}

test.each([
  ['....', 'UUUU'],
  ['xx.xx.', 'UUUUUU'],
  ['xxx', 'UUD'],
  ['xxxx.x.x', 'UUDDDDDD'],
  ['xxx..', 'UUDDU'],
  ['xxx..xx.', 'UUDDUUUU'],
])('of %s it counts as %s', (results, states) => {
  expect(follow(results)).toBe(states)
})

test('with a threshold of one, one result decides', () => {
  const down = nextProbe(up, { passed: false }, { failures: 1, successes: 1 })
  expect(down).toEqual({ isUp: false, streak: 0 })
  expect(nextProbe(down, { passed: true }, { failures: 1, successes: 1 })).toEqual(up)
})
