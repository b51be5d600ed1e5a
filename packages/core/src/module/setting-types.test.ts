import { describe, expect, it } from 'vitest'
import {
  choice,
  duration,
  flag,
  integer,
  jsonOrPairs,
  line,
  list,
  listOf,
  network,
  opaque,
  origin,
  type SettingType,
  url,
} from './setting-types.ts'

interface Row {
  readonly type: SettingType<unknown>
  readonly form: string
  readonly good: readonly (readonly [text: string, value: unknown])[]
  readonly bad: readonly string[]
}

const networks = listOf('IP addresses or networks such as 10.0.0.0/8', network)

const table: Readonly<Record<string, Row>> = {
  flag: {
    type: flag(),
    form: 'true or false',
    good: [
      ['true', true],
      ['1', true],
      ['YES', true],
      ['False', false],
      ['0', false],
      ['no', false],
    ],
    bad: ['on', '2', 'truee', 'constructor', '__proto__'],
  },
  'integer with a range': {
    type: integer({ min: 1, max: 10 }),
    form: 'a whole number from 1 to 10',
    good: [
      ['1', 1],
      ['10', 10],
      ['007', 7],
    ],
    bad: ['0', '11', '-1', '1.5', '1e1', '0x5', ' 1', 'one', 'NaN', 'Infinity'],
  },
  'integer without a range': {
    type: integer(),
    form: 'a whole number from 0',
    good: [
      ['0', 0],
      ['9007199254740991', 9_007_199_254_740_991],
    ],
    bad: ['-1', '9007199254740993', '99999999999999999999'],
  },
  'integer below zero': {
    type: integer({ min: -5, max: 5 }),
    form: 'a whole number from -5 to 5',
    good: [['-5', -5]],
    bad: ['-6', '--5', '-'],
  },
  line: {
    type: line(5),
    form: 'text on one line, at most 5 characters',
    good: [['a b c', 'a b c']],
    bad: ['123456', 'a\nb', 'a\tb', 'a\0', 'a\u2028b'],
  },
  opaque: { type: opaque('a key'), form: 'a key', good: [['x\ny', 'x\ny']], bad: [] },
  choice: {
    type: choice(['local', 'production']),
    form: 'one of local, production',
    good: [
      ['local', 'local'],
      ['PRODUCTION', 'production'],
    ],
    bad: ['prod', 'local,production', 'toString'],
  },
  list: {
    type: list(),
    form: 'a list separated by commas',
    good: [
      ['a', ['a']],
      ['a, b,,a ,c', ['a', 'b', 'c']],
      [',', []],
    ],
    bad: [],
  },
  networks: {
    type: networks,
    form: 'a list of IP addresses or networks such as 10.0.0.0/8, separated by commas',
    good: [
      ['10.0.0.0/8', ['10.0.0.0/8']],
      ['127.0.0.1, ::1', ['127.0.0.1', '::1']],
      ['fd00::/8,2001:db8::1', ['fd00::/8', '2001:db8::1']],
      ['::ffff:10.0.0.1/128,255.255.255.255/32', ['::ffff:10.0.0.1/128', '255.255.255.255/32']],
    ],
    bad: [
      '10.0.0',
      '10.0.0.0.0',
      '256.0.0.1',
      '10.0.0.0/33',
      '::1/129',
      '10.0.0.0/',
      '10.0.0.0/8/8',
      'loopback',
      '10.0.0.1,x',
      '1.2.3.4.',
      '[::1]',
      '::1]',
      '/8',
    ],
  },
  origins: {
    type: listOf('origins', origin),
    form: 'a list of origins, separated by commas',
    good: [
      ['https://App.example.com/', ['https://app.example.com']],
      ['http://localhost:5173,https://a.example', ['http://localhost:5173', 'https://a.example']],
    ],
    bad: [
      '*',
      'app.example.com',
      'https://a.example/path',
      'https://u:p@a.example',
      'ftp://a.example',
      'https://a.example?x',
      'null',
      'https://a.example,b',
    ],
  },
  'web url': {
    type: url(),
    form: 'a URL that starts with http:// or https://',
    good: [
      ['https://a.example', 'https://a.example'],
      ['http://127.0.0.1:3000/', 'http://127.0.0.1:3000'],
      ['https://a.example/base//', 'https://a.example/base'],
    ],
    bad: ['a.example', 'ftp://a.example', 'javascript:alert(1)', 'https://', '//a.example', '/path'],
  },
  'postgres url': {
    type: url(['postgres:', 'postgresql:']),
    form: 'a URL that starts with postgres:// or postgresql://',
    good: [
      ['postgres://u:p@h:5432/d?sslmode=require', 'postgres://u:p@h:5432/d?sslmode=require'],
      ['postgresql:///d', 'postgresql:///d'],
    ],
    bad: ['https://h/d', 'mysql://h/d', 'host=h dbname=d'],
  },
  duration: {
    type: duration(),
    form: 'a duration such as 500ms, 30s, 15m, 12h or 7d',
    good: [
      ['500ms', '500ms'],
      ['1.5h', '1.5h'],
      ['30d', '30d'],
    ],
    bad: ['30', 's', '1w', '-1s', '1 h', '15min'],
  },
  jsonOrPairs: {
    type: jsonOrPairs(),
    form: 'pairs like a=1,b=2 or a JSON object of strings',
    good: [
      ['a=1', { a: '1' }],
      ['a = 1 , b=x=y', { a: '1', b: 'x=y' }],
      ['{"a":"1","b":"x,y"}', { a: '1', b: 'x,y' }],
    ],
    bad: [
      'a',
      '=1',
      'a=',
      'a=1,a=2',
      'a=1,b',
      '{"a":1}',
      '{"a":""}',
      '{"a":',
      '{"__proto__":"1"}',
      '[]',
      '__proto__=1',
    ],
  },
}

describe.each(Object.entries(table))('%s', (_, { type, form, good, bad }) => {
  it('says its form', () => {
    expect(type.description).toBe(form)
  })

  it('reads every good text', () => {
    expect(good.map(([text]) => [text, type.parse(text)])).toEqual(good)
  })

  it('refuses every bad text, with its form as the reason', () => {
    const messages = bad.map((text) => [
      text,
      type.safeParse(text).error?.issues.map(({ message }) => message),
    ])
    expect(messages).toEqual(bad.map((text) => [text, [`must be ${form}`]]))
  })
})
