import { expect, test } from 'vitest'
import { idSchema, newId } from './id.ts'
import { manualClock } from './manual-clock.ts'

test('ids of one millisecond sort in the order in which they were made, whatever they name', () => {
  const clock = manualClock()
  const ids = Array.from({ length: 10_000 }, (_, i) => newId(i % 2 === 0 ? 'usr' : 'ses', clock).slice(4))
  expect(ids.toSorted()).toEqual(ids)
  expect(new Set(ids).size).toBe(10_000)
})

test('ids of different milliseconds sort by age', () => {
  const clock = manualClock()
  const ids = Array.from({ length: 1000 }, () => {
    clock.advance('1ms')
    return newId('usr', clock)
  })
  expect(ids.toSorted()).toEqual(ids)
})

test('an id has the form that its schema accepts', () => {
  for (let i = 0; i < 1000; i++) expect(idSchema('usr').safeParse(newId('usr')).success).toBe(true)
})
