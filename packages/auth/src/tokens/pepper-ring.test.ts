import { describe, expect, it } from 'vitest'
import { pepperRing, withPepper } from './pepper-ring.ts'

const old = 'a'.repeat(31) + '1'
const other = 'c'.repeat(31) + '3'
const recent = 'b'.repeat(31) + '2'
const ring = pepperRing()

describe('a pepper ring', () => {
  it('is one secret with the id v1', () => {
    expect(ring.parse(old)).toEqual([{ id: 'v1', secret: old }])
  })

  it('is several secrets with ids, newest first', () => {
    expect(ring.parse(`v2:${recent}, v1:${old}`)).toEqual([
      { id: 'v2', secret: recent },
      { id: 'v1', secret: old },
    ])
  })

  it.each([
    ['nothing', ''],
    ['a short secret', 'v1:short'],
    ['an id used twice', `v1:${recent},v1:${old}`],
    ['an id used twice, once by default', `v1:${recent},${old}`],
    ['an id with other characters', `V 1:${old}`],
    ['an empty item', `v2:${recent},`],
    ['a secret with a space', `v1:${'a b'.repeat(20)}`],
  ])('is not %s', (_, text) => {
    const result = ring.safeParse(text)
    expect(result.success).toBe(false)
    if (text !== '') expect(JSON.stringify(result.error)).not.toContain(text.slice(3))
  })
})

it.each([
  [old, `v2:${recent},v1:${old}`],
  [`v9:${old},v1:${other}`, `v10:${recent},v9:${old},v1:${other}`],
  [`main:${old}`, `v1:${recent},main:${old}`],
])('puts another pepper in front under an id that none has had: %s', (present, next) => {
  expect(withPepper(present, recent)).toBe(next)
  expect(ring.safeParse(next).success).toBe(true)
})
