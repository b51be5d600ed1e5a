import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stackFixture } from './cli.fixture.ts'

const bin = fileURLToPath(new URL('bin.ts', import.meta.url))

/** How a shell sets up the standard streams, and whether what is printed can be read. */
const setups = {
  'no terminal': ['', true],
  'no standard input': ['<&-', true],
  'a closed standard output': ['>&-', false],
  'a reader that has gone': ['> >(exec 0<&-; sleep 1)', false],
  'a full disk': ['>/dev/full', false],
} as const satisfies Readonly<Record<string, readonly [redirection: string, readable: boolean]>>

/** A command -> what it leaves behind, or null when its effect is what it prints. */
const commands: readonly (readonly [words: string, effect: string | null])[] = [
  ['config schema', null],
  ['api openapi', null],
  ['schema', null],
  ['completion bash', null],
  ['db migrate plan', null],
  ['auth keys list', null],
  ['auth jwks print', null],
  ['db migrate apply', 'migrated'],
  ['auth keys publish', 'keys'],
  ['auth keys rotate', 'keys'],
  ['users create-operator ada@example.com', 'operator'],
  ['env inventory write --path inventory.md', 'inventory'],
]

let folder: string
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'corbel-streams-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a line of bash in a folder of its own. */
const shell = (line: string, cwd: string): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(
      'bash',
      ['-c', line],
      { cwd, env: { PATH: process.env['PATH'], FIXTURE_DIR: cwd, FIXTURE_PEPPER: 'p'.repeat(40) } },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    )
  })

const commandLine = (words: string): string =>
  `'${process.execPath}' --conditions=@corbel/source '${bin}' ${words} --config '${stackFixture}'`

const effectsIn = (cwd: string): string =>
  [join(cwd, 'effects'), join(cwd, 'inventory.md')]
    .map((path) =>
      existsSync(path) ? `${path.endsWith('.md') ? 'inventory ' : ''}${readFileSync(path, 'utf8')}` : '',
    )
    .join('\n')

describe.each(Object.entries(setups))('with %s', (_setup, [redirection, readable]) => {
  it.each(commands)('%s does not end with 0 without its effect', async (words, effect) => {
    const cwd = mkdtempSync(join(folder, 'run-'))
    const { code, stdout } = await shell(`${commandLine(words)} ${redirection}`, cwd)
    const done = effect === null ? readable && stdout !== '' : effectsIn(cwd).includes(effect)
    expect(code !== 0 || done).toBe(true)
    // A command that prints has failed exactly when nobody can read it.
    expect(effect !== null || (code === 0) === readable).toBe(true)
  })
})

it('says which syntax Node cannot strip', async () => {
  const path = join(folder, 'enum.ts')
  writeFileSync(path, 'enum E { A }\nexport default E')
  const { code, stderr } = await shell(commandLine('config schema').replace(stackFixture, path), folder)
  expect(code).toBe(7)
  expect(stderr).toContain('Node strips types')
})

it('names a file of settings that is not there yet, which Node would refuse under its own flag', async () => {
  const cwd = mkdtempSync(join(folder, 'run-'))
  const { code } = await shell(commandLine('setup --settings-file new.env'), cwd)
  expect(code).toBe(0)
  expect(readFileSync(join(cwd, 'new.env'), 'utf8')).toContain('CORBEL_PROFILE=local')
})
