import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

interface Source {
  readonly path: string
  readonly text: string
}

/** Tracked and new files; what git ignores is nobody's source. */
const files: readonly Source[] = execFileSync(
  'git',
  ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
  {
    cwd: root,
    encoding: 'utf8',
  },
)
  .split('\0')
  .filter((path) => path !== '' && existsSync(join(root, path)))
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))

const typescript = files.filter(({ path }) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
const isTest = ({ path }: Source): boolean => /\.(?:test|fixture)\.ts$/.test(path)
const packaged = typescript.filter((file) => /^packages\/[^/]+\/src\//.test(file.path) && !isTest(file))
const lines = ({ text }: Source): number => text.trimEnd().split('\n').length

/** Blanks comments and string contents, line for line, so that prose may name what code may not do. Not a parser: regular expressions are kept. */
function codeOf(text: string): string {
  const blank = (match: string): string => match.replaceAll(/[^\n']/g, match.startsWith("'") ? '_' : ' ')
  return text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'/g, (match, offset: number) => {
    // `https://` in a template is not a comment; an import specifier must stay readable.
    if (match.startsWith('//') && text[offset - 1] === ':') return match
    if (
      match.startsWith("'") &&
      /(?:from|import|import\()\s*$/.test(text.slice(Math.max(0, offset - 12), offset))
    )
      return match
    return blank(match)
  })
}

function offences(sources: readonly Source[], pattern: RegExp): readonly string[] {
  return sources.flatMap(({ path, text }) =>
    codeOf(text)
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
  )
}

describe('source rules', () => {
  it('sees the sources', () => {
    expect(packaged.length).toBeGreaterThan(20)
  })

  it('keeps every file within 500 lines', () => {
    expect(typescript.filter((file) => lines(file) > 500).map(({ path }) => path)).toEqual([])
  })

  it('keeps the median file of the packages within 100 lines', () => {
    const sorted = packaged.map(lines).toSorted((a, b) => a - b)
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThanOrEqual(100)
  })

  it('has `any` only in one any.ts per package', () => {
    const escapes = packaged
      .filter(({ path }) => path.endsWith('/any.ts'))
      .map(({ path }) => path.split('/')[1])
    expect(escapes.length).toBe(new Set(escapes).size)
    expect(
      offences(
        packaged.filter(({ path }) => !path.endsWith('/any.ts')),
        /[:<,|&(\s]any\b(?=\s*[[\]>,;)|&=\n]|\s*$)/,
      ),
    ).toEqual([])
  })

  it('reads the environment only in the settings loader', () => {
    // The program's entry hands it to the commands.
    const readers = ['packages/core/src/module/settings-loader.ts', 'packages/cli/src/bin.ts']
    const rest = packaged.filter(({ path }) => !readers.includes(path))
    expect(
      offences(rest, /\bprocess\s*(\.|\?\.)\s*env\b|\bprocess\s*\[|\benv\b[^=]*\bfrom\s+'node:process'/),
    ).toEqual([])
  })

  it('reads the time only in the clock', () => {
    const rest = packaged.filter(({ path }) => path !== 'packages/core/src/kernel/clock.ts')
    expect(offences(rest, /\bDate\.now\b|\bnew Date\(\s*\)|(?<!new )\bDate\(\s*\)/)).toEqual([])
  })

  it('imports node: built-ins only in adapters, the CLI and *.node.ts', () => {
    const rest = packaged.filter(({ path }) => !/^packages\/(adapters|cli)\/|\.node\.ts$/.test(path))
    expect(offences(rest, /(?:from|import|import\()\s*'(?:node:|bun:|fs'|path'|crypto'|http')/)).toEqual([])
  })

  it('has no wildcard re-export, enum, namespace, decorator or default export', () => {
    expect(
      offences(
        packaged,
        /^\s*export\s+\*|^\s*(?:export\s+)?(?:const\s+)?enum\s|^\s*(?:export\s+)?namespace\s|^\s*@\w+\(|^\s*export\s+default\b/,
      ),
    ).toEqual([])
  })

  it('keeps index.ts for what package.json exports', () => {
    const entries = new Set(
      files
        .filter(({ path }) => /^packages\/[^/]+\/package\.json$/.test(path))
        .flatMap(({ path, text }) => {
          const { exports } = JSON.parse(text) as { exports: Record<string, { '@corbel/source': string }> }
          return Object.values(exports).map((target) => join(path, '..', target['@corbel/source']))
        }),
    )
    expect(
      packaged.filter(({ path }) => path.endsWith('/index.ts') && !entries.has(path)).map(({ path }) => path),
    ).toEqual([])
  })

  it('names no machine, home folder or package registry', () => {
    // Spelled in pieces, so that this file does not find itself.
    const registry = new RegExp(
      `${['registry', 'npmjs', 'org'].join('\\.')}|${['registry', '_authToken'].join('=|')}=`,
    )
    const machine = [
      /\/(?:home|Users)\/[a-z][\w-]*\//.source,
      escape(root.slice(0, -1)),
      `${escape(homedir())}/`,
    ]
    const home = new RegExp(`(?<![\\w+/.-])(?:${machine.join('|')})`)
    const found = files.flatMap(({ path, text }) =>
      text
        .split('\n')
        .flatMap((line, index) =>
          registry.test(line) || home.test(line)
            ? [`${path}:${index + 1}: ${line.trim().slice(0, 120)}`]
            : [],
        ),
    )
    expect(found).toEqual([])
  })
})

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
