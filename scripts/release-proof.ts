import { execFileSync, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './process.ts'

const page = readFileSync(join(root, 'docs/release-evidence.md'), 'utf8')

const noNetwork = `import net from 'node:net'
import dns from 'node:dns'
net.Socket.prototype.connect = dns.lookup = () => { console.error('network'); process.exit(99) }
`

/**
 * A release of the stack in `project`, which has the packed packages: makes its evidence with the commands of docs/release-evidence.md, verifies
 * it without network, breaks it, and leaves it in reports/release. Throws with what is not so.
 */
export function proveRelease(project: string): string {
  const secrets = Object.fromEntries(
    ['PASSWORD', 'REFRESH_TOKEN', 'EMAIL_VERIFICATION_TOKEN', 'PASSWORD_RESET_TOKEN'].map((name) => [
      `AUTH_${name}_PEPPER`,
      randomBytes(32).toString('base64'),
    ]),
  )
  const env = { ...process.env, CORBEL_PROFILE: 'local', ...secrets }
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
      cwd: project,
      encoding: 'utf8',
    }).trim()
  writeFileSync(join(project, '.gitignore'), 'node_modules\nevidence.key\n')
  git('init', '--quiet')
  git('add', '--all')
  git('commit', '--quiet', '--message', 'A release')

  const shell = (script: string, more: object = {}) =>
    spawnSync('bash', ['-euo', 'pipefail', '-c', script], {
      cwd: project,
      encoding: 'utf8',
      env: { ...env, ...more },
    })
  const commands = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, script = '']) => script)
  expect(commands.length, 4)
  for (const script of commands) {
    const { status, stdout, stderr } = shell(script)
    if (status !== 0) throw new Error(`${script}ended with ${status}:\n${stdout}${stderr}`)
  }
  const bundle = join(project, 'release')
  const texts = readdirSync(bundle).map((name) => readFileSync(join(bundle, name), 'utf8'))
  const evidence = JSON.parse(readFileSync(join(bundle, 'evidence.json'), 'utf8')) as {
    readonly passed: boolean
    readonly versions: { readonly commit: string }
    readonly redaction: { readonly secrets: readonly string[] }
  }
  expect([evidence.passed, evidence.versions.commit], [true, git('rev-parse', 'HEAD')])
  expect(evidence.redaction.secrets.toSorted(), Object.keys(secrets).toSorted())
  for (const secret of Object.values(secrets))
    expect(
      texts.some((text) => text.includes(secret)),
      false,
    )
  const documented = [...page.matchAll(/^\| `([\w.[\]]+)` \|/gm)].map(([, name = '']) => name)
  const signature: unknown = JSON.parse(readFileSync(join(bundle, 'signature.json'), 'utf8'))
  expect([...fieldsOf(evidence), ...fieldsOf(signature)].toSorted(), documented.toSorted())

  // As the auditor has it: the bundle, the key and the program.
  const desk = join(project, 'desk')
  mkdirSync(desk)
  cpSync(bundle, join(desk, 'release'), { recursive: true })
  writeFileSync(join(desk, 'no-network.mjs'), noNetwork)
  const verify = (): number | null =>
    spawnSync(
      process.execPath,
      [
        '--import',
        './no-network.mjs',
        join(project, 'node_modules/corbel/dist/bin.js'),
        'release',
        'verify',
        'release',
        '--key',
        join(project, 'evidence.pub'),
      ],
      { cwd: desk, env: {} },
    ).status
  expect(verify(), 0)
  const changed = join(desk, 'release/evidence.json')
  writeFileSync(changed, readFileSync(changed, 'utf8').replace('"exitCode": 0', '"exitCode": 1'))
  expect(verify(), 6)

  const leaking = shell('npx corbel release evidence --key evidence.key --to leaked', { LEAK: '1' })
  expect([leaking.status, existsSync(join(project, 'leaked'))], [7, false])
  expect(leaking.stderr.includes('AUTH_PASSWORD_PEPPER (printed by leak)'), true)
  expect(leaking.stderr.includes(secrets['AUTH_PASSWORD_PEPPER'] ?? ''), false)

  const kept = join(root, 'reports/release')
  rmSync(kept, { recursive: true, force: true })
  cpSync(bundle, kept, { recursive: true })
  return kept
}

/** Two levels: what is below is data. */
function fieldsOf(document: unknown): readonly string[] {
  return Object.entries(document as object).flatMap(([name, value]: readonly [string, unknown]) => {
    const isList = Array.isArray(value)
    const inner: unknown = isList ? (value as readonly unknown[])[0] : value
    const isData = typeof inner !== 'object' || inner === null || name === 'files' || name === 'migrations'
    return isData ? [name] : Object.keys(inner).map((each) => `${name}${isList ? '[]' : ''}.${each}`)
  })
}

function expect(actual: unknown, expected: unknown): void {
  const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (is !== should) throw new Error(`the evidence of a release is wrong: ${is}, expected ${should}`)
}
