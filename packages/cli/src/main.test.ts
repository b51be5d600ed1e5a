import { writeFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCli } from './cli.fixture.ts'
import { envelopeVersion } from './run/envelope.ts'

interface Envelope {
  readonly schema: string
  readonly ok: boolean
  readonly command: string
  readonly exitCode: number
  readonly data?: unknown
  readonly error?: { readonly code: string; readonly fix: string }
}

const envelopeOf = (stdout: string): Envelope => JSON.parse(stdout) as Envelope

describe('the contract of every command', () => {
  let folder: string
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'corbel-cli-'))))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('prints one envelope as JSON, and the same facts for people', async () => {
    const json = await runCli(['config', 'schema', '--json'])
    expect(json).toMatchObject({ code: 0, stderr: '' })
    const envelope = envelopeOf(json.stdout)
    expect(envelope).toMatchObject({
      schema: envelopeVersion,
      ok: true,
      command: 'config schema',
      exitCode: 0,
    })
    expect(envelope.data).toContainEqual(expect.objectContaining({ env: 'FIXTURE_COLOUR', default: 'red' }))
    expect((await runCli(['config', 'schema'])).stdout).toContain('FIXTURE_COLOUR')
  })

  it('prints a line for each item as NDJSON, the envelope last', async () => {
    const { stdout } = await runCli(['config', 'schema', '--output', 'ndjson'])
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; data: unknown })
    const last = lines.at(-1)
    expect(last).toMatchObject({ type: 'result', ok: true, data: { count: lines.length - 1 } })
    expect(lines.slice(0, -1).every(({ type }) => type === 'item')).toBe(true)
  })

  it.each([
    [['nosuch'], 'an unknown command'],
    [['config', 'nosuch'], 'an unknown command of a group'],
    [['config'], 'a group without a command'],
    [['config', 'schema', '--nosuch'], 'an unknown flag'],
    [['config', 'schema', '--format', 'xml'], 'a value that is none of the choices'],
    [['config', 'schema', '--output', 'xml'], 'an unknown output'],
    [['config', 'schema', 'surplus'], 'an argument too many'],
  ])('ends %j with 2: %s', async (argv) => {
    const { code, stdout, stderr } = await runCli(argv, { config: null })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^error: .+\n[\s\S]*fix: {2}.+\n {2}next: corbel .*--help\n$/)
  })

  it('tells misuse in the envelope too', async () => {
    const { code, stdout } = await runCli(['config', 'schema', '--json', '--nosuch'], { config: null })
    expect(code).toBe(2)
    expect(envelopeOf(stdout)).toMatchObject({ ok: false, exitCode: 2, error: { code: 'cli/usage' } })
  })

  it('says how to name the stack when there is no configuration', async () => {
    const { code, stderr } = await runCli(['config', 'schema'], { config: null, cwd: folder })
    expect(code).toBe(2)
    expect(stderr).toContain('There is no corbel.config.ts')
    expect(stderr).toContain('--config')
  })

  it.each([
    ['absent.ts', "import 'absent-package'", 'Install what it imports'],
    ['empty.ts', 'export const nothing = 1', 'defineConfig'],
  ])('says what is wrong with the configuration %s', async (name, text, hint) => {
    const path = join(folder, name)
    writeFileSync(path, text)
    const { code, stdout } = await runCli(['config', 'schema', '--json'], { config: path })
    expect(code).toBe(7)
    expect(envelopeOf(stdout).error?.fix).toContain(hint)
  })

  it('ends with 130 after SIGINT and 143 after SIGTERM', async () => {
    for (const [name, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const) {
      const run = await runCli(['config', 'schema', '--json'], { signal: AbortSignal.abort(name) })
      expect(run.code).toBe(code)
    }
  })

  it('prints help and version on standard output', async () => {
    for (const argv of [
      [],
      ['--help'],
      ['config', '--help'],
      ['config', 'schema', '--help'],
      ['--version'],
    ]) {
      const { code, stdout, stderr } = await runCli(argv, { config: null })
      expect({ argv, code, stderr }).toEqual({ argv, code: 0, stderr: '' })
      expect(stdout).not.toBe('')
    }
  })
})
