import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { runCli, stackFixture } from '../cli.fixture.ts'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'corbel-resume-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const words = ['--settings-file', '.env', '--export-answers', 'answers.json', '--var', 'FIXTURE_COLOUR=green']

/** Runs setup in a process that is killed at a write; whether it was. */
function killedAt(at: number, cwd: string): boolean {
  const { signal, stderr } = spawnSync(
    process.execPath,
    [
      '--conditions=@corbel/source',
      '--import',
      file('kill-at-write.process.ts'),
      file('../bin.ts'),
      'setup',
      ...words,
      '--config',
      stackFixture,
    ],
    { cwd, env: { FIXTURE_DIR: cwd, KILL_AT: String(at) }, encoding: 'utf8' },
  )
  expect(stderr).not.toContain('error:')
  return signal === 'SIGKILL'
}

/** Every file with its text, the made secret and the folder aside. */
const stateOf = (cwd: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(cwd, { recursive: true, encoding: 'utf8' })
      .filter((name) => statSync(join(cwd, name)).isFile())
      .toSorted()
      .map((name) => [name, readFileSync(join(cwd, name), 'utf8').replace(/(FIXTURE_PEPPER=).+/, '$1made')]),
  )

const setup = (cwd: string, ...argv: readonly string[]) =>
  runCli(['setup', ...argv], { cwd, env: { FIXTURE_DIR: cwd } })

it('comes to the same end after a kill before every single write', { timeout: 300_000 }, async () => {
  const whole = join(folder, 'whole')
  mkdirSync(whole)
  expect(await setup(whole, ...words)).toMatchObject({ code: 0 })
  const expected = stateOf(whole)
  expect(Object.keys(expected)).toHaveLength(11)
  let kills = 0
  for (let at = 1; ; at += 1) {
    // A kill after a write leaves what a kill before the next one leaves; after the last one all is done.
    const cwd = mkdtempSync(join(folder, 'killed-'))
    if (!killedAt(at, cwd)) break
    kills += 1
    // Before the plan is kept nothing has happened, and there is nothing to go on with.
    const resumed = await setup(cwd, '--settings-file', '.env', '--resume')
    if (resumed.code === 2) expect(await setup(cwd, ...words)).toMatchObject({ code: 0 })
    else expect(resumed).toMatchObject({ code: 0 })
    expect(stateOf(cwd)).toEqual(expected)
  }
  // The plan, the env file, the migration, eight reports, the answers, the end of the plan.
  expect(kills).toBe(13)
})

it('refuses another setup beside a plan, and a resume without one', async () => {
  killedAt(2, folder)
  expect(await setup(folder, ...words)).toMatchObject({ code: 6 })
  expect(await setup(folder, '--settings-file', '.env', '--resume')).toMatchObject({ code: 0 })
  expect(await setup(folder, '--settings-file', '.env', '--resume')).toMatchObject({ code: 2 })
})

it('refuses a plan that cannot be read, and keeps the env file', async () => {
  killedAt(2, folder)
  writeFileSync(join(folder, '.corbel/.env.setup'), '{')
  expect(await setup(folder, '--settings-file', '.env', '--resume')).toMatchObject({ code: 6 })
})

it('forgets the plan when a service refuses, so that a corrected value stays', async () => {
  const broken = { cwd: folder, env: { FIXTURE_DIR: join(folder, 'absent') } }
  expect(await runCli(['setup', ...words], broken)).not.toMatchObject({ code: 0 })
  const env = readFileSync(join(folder, '.env'), 'utf8').replace('green', 'red')
  writeFileSync(join(folder, '.env'), env)
  expect(await setup(folder, '--settings-file', '.env')).toMatchObject({ code: 0 })
  expect(readFileSync(join(folder, '.env'), 'utf8')).toBe(env)
})
