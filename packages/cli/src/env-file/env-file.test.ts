import { execFileSync } from 'node:child_process'
import {
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  chmodSync,
  readdirSync,
  lstatSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { parse as dotenv } from 'dotenv'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { editEnv } from './edit-env.ts'
import { applyEnvEdit, planEnvEdit } from './env-file.ts'
import { quoted, unwritable } from './env-value.ts'

describe('editing', () => {
  it('changes a value where it stands and nothing else', () => {
    const before = '\uFEFF# head\r\n\r\nexport A = old # why\r\nUNKNOWN=1\r\nB="two\nlines"\r\n'
    expect(editEnv(before, [{ name: 'A', value: 'new' }])).toBe(before.replace('old', 'new'))
    expect(editEnv(before, [{ name: 'B', value: 'x' }])).toBe(before.replace('"two\nlines"', 'x'))
  })

  it('adds what is new at the end with its summary', () => {
    expect(editEnv('A=1', [{ name: 'B', value: 'b c', comment: 'What it decides.' }])).toBe(
      "A=1\n\n# What it decides.\nB='b c'\n",
    )
  })

  it('changes of several lines the one that counts', () => {
    expect(editEnv('A=1\nA=2\n', [{ name: 'A', value: '3' }])).toBe('A=1\nA=3\n')
  })

  it('leaves what already reads as it should as it is written', () => {
    const text = 'A="1"\nB=  two words   # c\n'
    expect(
      editEnv(text, [
        { name: 'A', value: '1' },
        { name: 'B', value: 'two words' },
      ]),
    ).toBe(text)
  })
})

const name = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,12}$/)
const bare = fc.stringMatching(/^[\w./:@%+,=-]{0,30}$/)
const line = fc.oneof(
  fc.constant(''),
  fc.stringMatching(/^[ \t]{0,3}#[ -~]{0,40}$/),
  fc
    .tuple(fc.constantFrom('', 'export ', '  '), name, fc.constantFrom('=', ' = ', '= '), bare)
    .map((parts) => parts.join('')),
  fc.tuple(name, fc.stringMatching(/^[ -&(-~]{0,30}$/)).map(([n, v]) => `${n}='${v}'`),
  fc.tuple(name, fc.stringMatching(/^[ !#%-[\]-_a-~]{0,20}$/)).map(([n, v]) => `${n}="${v}"`),
  fc.tuple(name, bare, fc.stringMatching(/^[ -~]{0,20}$/)).map(([n, v, c]) => `${n}=${v} # ${c}`),
  fc.tuple(name, bare, bare).map(([n, v, w]) => `${n}="${v}\n${w}"`),
)
const file = fc
  .tuple(
    fc.constantFrom('', '\uFEFF'),
    fc.array(line, { maxLength: 12 }),
    fc.constantFrom('\n', '\r\n'),
    fc.boolean(),
  )
  .map(([bom, lines, lineBreak, ended]) => bom + lines.join(lineBreak) + (ended ? lineBreak : ''))

// Ten thousand random files: enough to meet every pair of neighbouring lines many times.
const files = 10_000

describe('any file', () => {
  it(`keeps everything else, and a second edit changes nothing (${files} files)`, () => {
    fc.assert(
      fc.property(file, name, bare, (text, key, value) => {
        const entries = [{ name: key, value, comment: 'What it is.' }]
        const after = editEnv(text, entries)
        expect(editEnv(after, entries)).toBe(after)
        const [was, is] = [dotenv(text), dotenv(after)]
        expect(is[key]).toBe(value)
        expect(parseEnv(after.replace('\uFEFF', ''))[key]).toBe(value)
        expect({ ...is, [key]: undefined }).toEqual({ ...was, [key]: undefined })
        if (was[key] !== undefined) expect(remarks(after)).toEqual(remarks(text))
        else {
          expect(after.startsWith(text)).toBe(true)
          const added = after.slice(text.length)
          expect(/(?<!\r)\n/.test(added)).toBe(!text.includes('\r\n'))
        }
      }),
      { numRuns: files, seed: 20_261_121 },
    )
  }, 120_000)
})

/** Every line that assigns nothing, as it stands. */
const remarks = (text: string): readonly string[] =>
  text.split(/\r?\n/).filter((line) => /^\s*(?:#|$)/.test(line))

const values = 30_000
const batch = 3000

describe('any value', () => {
  it(`is read alike by dotenv, Node and bash, or refused (${values} values)`, () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme-ascii', maxLength: 40 }),
      fc.string({ unit: 'grapheme', maxLength: 20 }),
      fc.stringMatching(/^[ '"$`\\#!=\n\t{}[\]a-c]{0,12}$/),
    )
    const sample = fc.sample(text, { numRuns: values, seed: 20_261_121 })
    const written = sample.filter((value) => unwritable(value) === null)
    expect(written.length).toBeGreaterThan(values * 0.7)
    for (let at = 0; at < written.length; at += batch) {
      const part = written.slice(at, at + batch)
      const content = part.map((value, index) => `V${index}=${quoted(value)}\n`).join('')
      const expected = Object.fromEntries(part.map((value, index) => [`V${index}`, value]))
      expect(dotenv(content)).toEqual(expected)
      expect({ ...parseEnv(content) }).toEqual(expected)
      expect(bash(content, part.length)).toEqual(part)
    }
  }, 120_000)

  it('is refused when no form of it is read alike', () => {
    for (const value of ['it\'s "both"', 'a\0b', 'a\rb', "'$HOME'", "'`id`'"]) {
      expect(unwritable(value)).not.toBeNull()
      expect(() => quoted(value)).toThrow(RangeError)
    }
  })
})

/** What bash has in the variables after it has read the text. */
function bash(content: string, count: number): readonly string[] {
  const script = `${content}\nfor ((i = 0; i < ${count}; i++)); do v="V$i"; printf '%s\\0' "\${!v}"; done`
  const out = execFileSync('bash', ['--norc', '-s'], {
    input: script,
    env: { LC_ALL: 'C.UTF-8' },
    maxBuffer: 1 << 26,
  })
  return out.toString().split('\0').slice(0, -1)
}

describe('a file on the disk', () => {
  let folder: string
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'corbel-env-'))))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('is for its owner alone, also when it was not before', () => {
    const path = join(folder, '.env')
    expect(applyEnvEdit(planEnvEdit(path, [{ name: 'A', value: '1' }]))).toBe(true)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    chmodSync(path, 0o644)
    expect(applyEnvEdit(planEnvEdit(path, [{ name: 'A', value: '1' }]))).toBe(false)
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('is not written when somebody changed it since it was read', () => {
    const path = join(folder, 'raced.env')
    const plan = planEnvEdit(path, [{ name: 'A', value: '1' }])
    writeFileSync(path, 'B=2\n')
    expect(() => applyEnvEdit(plan)).toThrow(/changed by somebody else/)
    expect(readFileSync(path, 'utf8')).toBe('B=2\n')
  })

  it('stays a link when it is one, and leaves no draft behind', () => {
    const [target, link] = [join(folder, 'target.env'), join(folder, 'link.env')]
    writeFileSync(target, '')
    symlinkSync(target, link)
    applyEnvEdit(planEnvEdit(link, [{ name: 'A', value: '1' }]))
    expect(lstatSync(link).isSymbolicLink()).toBe(true)
    expect(readFileSync(target, 'utf8')).toBe('A=1\n')
    expect(readdirSync(folder).filter((entry) => /[0-9a-f]{8}-/.test(entry))).toEqual([])
  })

  it('is as it was when its folder cannot be written', () => {
    const path = '/proc/corbel.env'
    expect(() => applyEnvEdit({ path, before: '', after: 'A=1\n' })).toThrow(/cannot be written/)
  })
})
