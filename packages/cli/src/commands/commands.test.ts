import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type CliRun, runCli } from '../cli.fixture.ts'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'corbel-commands-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const run = (...argv: readonly string[]): Promise<CliRun> =>
  runCli(argv, {
    cwd: folder,
    env: { FIXTURE_DIR: folder, FIXTURE_PEPPER: 'Zk3vQ9sLw2Xb7Nf5Ht8Rj4Mc6Pd1Ge0Y' },
  })

describe('env', () => {
  it('writes an inventory once, and notices every kind of drift', async () => {
    const path = join(folder, 'inventory.md')
    const inventory = ['env', 'inventory'] as const
    const at = ['--path', 'inventory.md'] as const
    expect(await run(...inventory, 'check', ...at)).toMatchObject({ code: 6 })
    expect(await run(...inventory, 'write', ...at)).toMatchObject({ code: 0 })
    const text = readFileSync(path, 'utf8')
    expect(text).toContain('`FIXTURE_COLOUR`')
    expect((await run(...inventory, 'write', ...at)).stdout).toContain('up to date')
    expect(await run(...inventory, 'check', ...at)).toMatchObject({ code: 0 })
    // What a formatter does to a table is no drift.
    writeFileSync(path, text.replaceAll(' | ', '   |   '))
    expect(await run(...inventory, 'check', ...at)).toMatchObject({ code: 0 })
    for (const drifted of [
      text.replace(/^.*FIXTURE_COLOUR.*\n/m, ''),
      text.replace('FIXTURE_COLOUR', 'FIXTURE_OLD'),
      text.replace('Colour of the shed', 'Colour of the roof'),
    ]) {
      writeFileSync(path, drifted)
      expect(await run(...inventory, 'check', ...at)).toMatchObject({ code: 6 })
    }
  })

  it('compares two files without showing what is secret or unknown', async () => {
    writeFileSync(
      join(folder, 'a.env'),
      'FIXTURE_COLOUR=red\nFIXTURE_PEPPER=first-secret\nNOBODYS=third-secret\n',
    )
    writeFileSync(join(folder, 'b.env'), 'FIXTURE_COLOUR=green\nFIXTURE_PEPPER=second-secret\n')
    const { code, stdout } = await run('env', 'diff', 'a.env', 'b.env', '--json')
    expect(code).toBe(6)
    expect((JSON.parse(stdout) as { data: unknown }).data).toMatchObject([
      { name: 'FIXTURE_COLOUR', change: 'differs', left: 'red', right: 'green' },
      { name: 'FIXTURE_PEPPER', change: 'differs' },
      { name: 'NOBODYS', change: 'only left', right: null },
    ])
    expect(stdout).not.toMatch(/first-secret|second-secret|third-secret/)
    expect(await run('env', 'diff', 'a.env', 'a.env')).toMatchObject({ code: 0 })
  })

  it('runs a program with the files below the environment, and ends as it does', async () => {
    writeFileSync(join(folder, 'x.env'), 'FIXTURE_COLOUR=green\nFIXTURE_DIR=elsewhere\n')
    const script = `process.exit(process.env.FIXTURE_COLOUR === 'green' && process.env.FIXTURE_DIR !== 'elsewhere' ? 42 : 1)`
    const words = ['env', 'run', '--settings-file', 'x.env', '--config']
    const { code } = await runCli(
      [
        ...words,
        new URL('../stack.fixture.ts', import.meta.url).pathname,
        '--',
        process.execPath,
        '-e',
        script,
      ],
      { cwd: folder, env: { FIXTURE_DIR: folder }, config: null },
    )
    expect(code).toBe(42)
  })
})

describe('auth keys rotate', () => {
  it('publishes, signs with the new key, and removes the old one the next time', async () => {
    const { code, stdout } = await run('auth', 'keys', 'rotate', '--json')
    expect(code).toBe(0)
    expect((JSON.parse(stdout) as { data: unknown }).data).toEqual({ active: 'second', removed: [] })
  })
})

describe('adapter verify', () => {
  const verify = async (name: string, body: string): Promise<CliRun> => {
    writeFileSync(join(folder, name), body)
    return run('adapter', 'verify', name)
  }
  const ports = pathToFileURL(new URL('../../../core/src/ports/index.ts', import.meta.url).pathname).href

  it('ends with 0 when every law is kept, and with 7 when one is broken', async () => {
    const suite = (cache: string): string =>
      `import { cacheConformance, manualTime, memoryCache } from ${JSON.stringify(ports)}
       export const verify = (suite) => cacheConformance(suite, ${cache})`
    expect(
      await verify(
        'good.mjs',
        suite('async () => { const time = manualTime(); return { ...time, cache: memoryCache(time) } }'),
      ),
    ).toMatchObject({ code: 0 })
    const forgetful =
      'async () => ({ ...manualTime(), cache: { ...memoryCache(), set: async () => {}, get: async () => null } })'
    const { code, stderr } = await verify('bad.mjs', suite(forgetful))
    expect(code).toBe(7)
    expect(stderr).toMatch(/BROKEN/)
  })

  it.each([
    ['no verify', 'export const nothing = 1', 2],
    ['no law', 'export const verify = () => {}', 7],
    [
      'a law that throws',
      'export const verify = (suite) => suite.test("a", async () => { throw new Error("no") })',
      7,
    ],
    [
      'a comparison',
      'export const verify = (suite) => suite.test("a", async () => suite.expect({ a: 1 }).toEqual({ a: 2 }))',
      7,
    ],
    [
      'a rejection that does not come',
      'export const verify = (suite) => suite.test("a", () => suite.expect(async () => 1).rejects.toThrow())',
      7,
    ],
  ])('refuses %s', async (_what, body, code) => {
    expect(await verify(`${code}-${body.length}.mjs`, body)).toMatchObject({ code })
  })
})

describe('completion', () => {
  it('proposes commands and flags', async () => {
    expect((await runCli(['complete', '--', 'db', 'mi'], { config: null })).stdout).toBe('migrate\n')
    expect((await runCli(['complete', '--', 'doctor', '--str'], { config: null })).stdout).toContain(
      '--strict',
    )
  })
})
