import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { type CliRun, runCli } from '../cli.fixture.ts'

const root = fileURLToPath(new URL('../../../..', import.meta.url))
// Below the repository, so that its packages and tools are found; git ignores it.
mkdirSync(join(root, '.cache'), { recursive: true })
const folder = mkdtempSync(join(root, '.cache', 'scaffold-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const run = (...argv: readonly string[]): Promise<CliRun> => runCli(argv, { cwd: folder, config: null })

const made = await Promise.all([
  run('new', 'module', 'tea-pot'),
  run('new', 'adapter', 'attic', '--port', 'cache'),
  run('new', 'adapter', 'cellar', '--port', 'secret-store'),
])
// Its own tests are tests of this run.
await import(pathToFileURL(join(folder, 'src/tea-pot/tea-pot.test.ts')).href)

const tool = (cwd: string, name: string, ...args: readonly string[]): string =>
  execFileSync(join(root, 'node_modules/.bin', name), args, { cwd, encoding: 'utf8' })

it('writes what compiles, is formatted, and keeps the rules', () => {
  expect(made.map(({ code }) => code)).toEqual([0, 0, 0])
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: '../../tsconfig.check.json', include: ['src'] }),
  )
  expect(tool(folder, 'tsc', '-p', folder)).toBe('')
  // Elsewhere, for these two look at nothing that git ignores.
  const copy = mkdtempSync(join(tmpdir(), 'corbel-scaffold-'))
  cpSync(join(folder, 'src'), join(copy, 'src'), { recursive: true })
  expect(tool(copy, 'oxlint', '--config', join(root, '.oxlintrc.json'), 'src')).toMatch(/on 12 files/)
  expect(tool(copy, 'oxfmt', '--check', '--config', join(root, '.oxfmtrc.json'), 'src')).toMatch(/12 files/)
  rmSync(copy, { recursive: true })
}, 120_000)

it('writes adapters that keep the law, and that production refuses', async () => {
  for (const name of ['attic', 'cellar']) {
    const { code, stdout } = await run('adapter', 'verify', `src/${name}/verify.ts`)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^\d+ laws: \d+ kept, 0 broken/)
    expect(
      readFileSync(
        join(folder, 'src', name, `${name}-${name === 'attic' ? 'cache' : 'secret-store'}.ts`),
        'utf8',
      ),
    ).toContain('standIn')
  }
})

it('touches nothing when a file is in the way', async () => {
  rmSync(join(folder, 'src/tea-pot/tea-pot.ts'))
  expect(await run('new', 'module', 'tea-pot')).toMatchObject({ code: 6 })
  expect(readdirSync(join(folder, 'src/tea-pot'))).not.toContain('tea-pot.ts')
})
