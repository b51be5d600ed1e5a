import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DomainError } from '../kernel/errors.ts'
import { deepest, mostValues, parseStrictJson } from './strict-json.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

function refusal(input: string | Uint8Array): DomainError {
  try {
    parseStrictJson(typeof input === 'string' ? bytes(input) : input)
  } catch (error) {
    if (error instanceof DomainError) return error
    throw error
  }
  throw new Error('was accepted')
}

const hasEscapedKey = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.entries(value).some(([key, inner]) => JSON.stringify(key) !== `"${key}"` || hasEscapedKey(inner))

describe('parseStrictJson', () => {
  it('reads what JSON.stringify writes', () => {
    const clean = fc.jsonValue({ maxDepth: 8 }).filter((value) => {
      const text = JSON.stringify(value)
      const hasRefused = /\\u(?:d[89a-f]|0000)/i.test(text) || text.includes('"__proto__"')
      return !hasRefused && !hasEscapedKey(value)
    })
    fc.assert(
      fc.property(clean, fc.constantFrom(undefined, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent)
        expect(parseStrictJson(bytes(text))).toEqual(JSON.parse(text))
      }),
    )
  })

  it('reads an escaped key', () => {
    const text = String.raw`{"\u0061\n":1,"a\"":{"\t":2}}`
    expect(parseStrictJson(bytes(text))).toEqual({ 'a\n': 1, 'a"': { '\t': 2 } })
  })

  it('finds a repeated key wherever it is', () => {
    const key = fc
      .string({ maxLength: 6 })
      .filter((text) => text.isWellFormed() && !text.includes('\0') && text !== '__proto__')
    fc.assert(
      fc.property(key, fc.nat({ max: 5 }), fc.nat({ max: 5 }), (name, depth, others) => {
        const members = [
          ...Array.from({ length: others }, (_, i) => `${JSON.stringify(`:other${i}`)}:{"a":":"}`),
          `${JSON.stringify(name)}:1`,
          `${JSON.stringify(name)}:{"b":2}`,
        ]
        const text = `${'[{"x":'.repeat(depth)}{${members.join()}}${'}]'.repeat(depth)}`
        expect(refusal(text).code).toBe('http/malformed-json')
      }),
    )
  })

  it('never takes an escaped key for another, whatever it has read before', () => {
    for (const before of [String.raw`{"a":1,"\\":1}`, String.raw`{"a":1,"b\\":1}`]) {
      for (let again = 0; again < 3; again++) refusal(before)
    }
    for (const key of [String.raw`"\n"`, String.raw`"\""`, String.raw`"\u0061"`, String.raw`"b\n"`])
      expect(refusal(`{"a":1,${key}:1,${key}:2}`).code).toBe('http/malformed-json')
  })

  it.each([
    ['nothing', ''],
    ['a byte order mark', '\ufeff{}'],
    ['a trailing comma', '{"a":1,}'],
    ['two documents', '{} {}'],
    ['an unfinished string', '{"a":"'],
    ['an unfinished escape', '{"a":"\\'],
    ['a comment', '{} // x'],
    ['NaN', 'NaN'],
    ['a repeated key', '{"a":1,"a":1}'],
    ['a repeated key, once escaped', '{"a":1,"\\u0061":1}'],
    ['__proto__', '{"__proto__":{"admin":true}}'],
    ['__proto__ further down', '[{"a":{"\\u005f_proto__":1}}]'],
    ['NUL in a value', '{"a":"\\u0000"}'],
    ['NUL in a key', '{"\\u0000":1}'],
    ['a lone high surrogate', '"\\ud800"'],
    ['a lone low surrogate', '{"a":["x\\udc00"]}'],
    ['a lone surrogate in a key', '{"\\ud800":1}'],
    ['a backslash in a key', '{"a":{"C:\\\\b":1}}'],
    ['a number beyond doubles', '1e400'],
    ['a negative number beyond doubles', '{"a":[-1e999]}'],
  ])('refuses %s', (_name, text) => {
    expect(refusal(text)).toMatchObject({ code: 'http/malformed-json', status: 400 })
  })

  it('points at the fault', () => {
    expect(refusal('{"a/b":[1,"\\u0000"]}').details.errors).toEqual([
      { part: 'body', pointer: '/a~1b/1', message: 'must be well-formed Unicode without NUL' },
    ])
  })

  it('refuses bytes that are not UTF-8', () => {
    for (const input of [
      [0x22, 0xc0, 0xaf, 0x22],
      [0x22, 0xed, 0xa0, 0x80, 0x22],
      [0x22, 0xff, 0x22],
    ]) {
      expect(refusal(new Uint8Array(input)).details.detail).toBe('The body is not UTF-8.')
    }
  })

  it('keeps pairs of surrogates, and colons and brackets in strings', () => {
    expect(parseStrictJson(bytes('{"a":"\\ud83d\\ude00 :[{\\"","b":":"}'))).toEqual({ a: '😀 :[{"', b: ':' })
  })

  it.each([
    ['elements', (count: number) => `[${Array(count).fill('1').join()}]`],
    ['keys', (count: number) => `{${Array.from({ length: count }, (_, i) => `"k${i}":1`).join()}}`],
    [
      'arrays and their elements',
      (count: number) =>
        `[${Array(count / 4)
          .fill('[1,1,1]')
          .join()}]`,
    ],
    [
      'levels',
      (count: number) =>
        `[${Array(count / 50)
          .fill('['.repeat(49) + ']'.repeat(49))
          .join()}]`,
    ],
  ])(`takes ${mostValues} %s and refuses more before anything is built`, (_, make) => {
    expect(parseStrictJson(bytes(make(mostValues)))).toBeTypeOf('object')
    // What is not JSON behind them is not reached.
    expect(refusal(make(mostValues + 100).slice(0, -1)).code).toBe('http/body-too-many-values')
  })

  it('counts no comma of a string', () => {
    const text = ','.repeat(mostValues + 1)
    expect(parseStrictJson(bytes(JSON.stringify([text])))).toEqual([text])
  })

  it(`takes ${deepest} levels and refuses the next, and a million, without recursion`, () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)
    expect(parseStrictJson(bytes(nested(deepest)))).toBeInstanceOf(Array)
    expect(refusal(nested(deepest + 1)).code).toBe('http/body-too-deep')
    expect(refusal('{"a":'.repeat(1_000_000)).code).toBe('http/body-too-deep')
  })

  it('never quotes the body', () => {
    const { message, details, cause } = refusal('{"password":"hunter2"')
    expect(JSON.stringify([message, details, String(cause)])).not.toContain('hunter2')
  })
})
