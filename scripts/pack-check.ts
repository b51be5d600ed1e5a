import { execFileSync, spawnSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { coldStartMs } from './cold-start.ts'
import { published, root, run, tool, type Workspace } from './process.ts'
import { proveRelease } from './release-proof.ts'

/**
 * Proves what a user would install, from the packed tarballs and outside the workspace: what is in them, their types, and a consumer that
 * compiles and runs, first with no vendor at all and then with every optional peer. Run `npm run build` first.
 */
const mostInstantiations = 25_000
const mostProgramBytes = 1024 * 1024
const mostHelpMs = 40
const mostColdMs = 2000
const scratch = mkdtempSync(join(tmpdir(), 'corbel-pack-'))
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))

const tarballs = new Map(published().map((workspace) => [workspace.manifest.name, pack(workspace)]))
for (const [name, tarball] of tarballs) {
  console.log(`— ${name}: ${inspect(name, tarball)} files`)
  run(tool('publint'), ['--strict', tarball], root, true)
  run(tool('attw'), ['--profile', 'esm-only', '--no-emoji', tarball], root, true)
}

const consumer = join(scratch, 'consumer')
cpSync(join(root, 'test/packaging'), consumer, { recursive: true })
writeFileSync(
  join(consumer, 'package.json'),
  JSON.stringify({ name: 'consumer', private: true, type: 'module' }),
)
console.log('— the program alone')
checkProgram(join(scratch, 'program'))
await checkColdStart()

console.log('— a consumer with no vendor')
install([...tarballs.values(), dependency('typescript'), dependency('@types/node')])
check('consumer.ts')
run(process.execPath, ['consumer.ts'], consumer)
checkTypeCost()

console.log('— a release of it, with its evidence')
console.log(`  made, verified without network, refused when changed: ${proveRelease(consumer)}`)

console.log('— a consumer with every vendor')
writeFileSync(join(consumer, 'every-export.ts'), everyExport())
install(vendors())
check('every-export.ts')
run(process.execPath, ['every-export.ts'], consumer)

function pack({ dir, manifest }: Workspace): string {
  const destination = join(scratch, manifest.name.replace('/', '-'))
  mkdirSync(destination)
  run('npx', ['--yes', 'pnpm@12.21.0', '--silent', 'pack', '--pack-destination', destination], dir)
  const [file] = readdirSync(destination)
  if (file === undefined) fail(`${manifest.name} was not packed`)
  return join(destination, file)
}

function inspect(name: string, tarball: string): number {
  const files = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).trim().split('\n')
  const refused = files.filter(
    (file) => !/^package\/(?:dist\/.*\.(?:js|d\.ts)|package\.json|README\.md|LICENSE)$/.test(file),
  )
  const tests = files.filter((file) => /\.(?:test|fixture)\./.test(file))
  if (refused.length + tests.length > 0)
    fail(`${name} packs what nobody should install:\n${[...refused, ...tests].join('\n')}`)
  for (const needed of ['package/README.md', 'package/LICENSE']) {
    if (!files.includes(needed)) fail(`${name} does not pack ${needed}`)
  }
  const manifest = execFileSync('tar', ['-xzOf', tarball, 'package/package.json'], { encoding: 'utf8' })
  const leaked = ['workspace:', 'catalog:', '@corbel/source', './src/'].filter((text) =>
    manifest.includes(text),
  )
  if (leaked.length > 0) fail(`the packed package.json of ${name} still says ${leaked.join(', ')}`)
  return files.length
}

/** The program by itself: small, with nothing beside it, and quick to say what it can do. */
function checkProgram(folder: string): void {
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'operator', private: true }))
  const tarball = tarballs.get('corbel') ?? fail('corbel was not packed')
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', tarball], folder)
  const installed = readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'))
  if (installed.join() !== 'corbel') fail(`the program brings other packages: ${installed.join(', ')}`)
  const dist = join(folder, 'node_modules/corbel/dist')
  const bytes = readdirSync(dist).reduce((sum, name) => sum + statSync(join(dist, name)).size, 0)
  if (bytes > mostProgramBytes) fail(`the program has ${bytes} bytes, at most ${mostProgramBytes}`)
  run(join(folder, 'node_modules/.bin/corbel'), ['--help'], folder, true)
  // The least of many: a busy machine makes every start longer and none shorter.
  const least = (...args: string[]): number => Math.min(...Array.from({ length: 20 }, () => startMs(args)))
  const own = Math.round(least(join(dist, 'bin.js'), '--help') - least('-e', '0'))
  console.log(`  ${bytes} bytes; --help takes ${own} ms more than an empty program`)
  if (own > mostHelpMs) fail(`--help takes ${own} ms, at most ${mostHelpMs}`)
}

/** The least of a few: a busy machine makes every start longer and none shorter. */
async function checkColdStart(): Promise<void> {
  const tarball = tarballs.get('corbel') ?? fail('corbel was not packed')
  let least = Number.POSITIVE_INFINITY
  for (let round = 1; round <= 6 && (round <= 2 || least > mostColdMs); round++)
    least = Math.min(least, await coldStartMs(tarball, join(scratch, `cold-${round}`)))
  console.log(`  npx with an empty cache takes ${least} ms from a registry on this machine`)
  if (least > mostColdMs) fail(`npx takes ${least} ms, at most ${mostColdMs}`)
}

function startMs(args: readonly string[]): number {
  const before = performance.now()
  spawnSync(process.execPath, args)
  return performance.now() - before
}

function install(what: readonly string[]): void {
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', ...what], consumer)
}

/**
 * Compiles one file against the installed declarations. Those are checked too, because a user may not set skipLibCheck; only what a vendor's
 * own declarations get wrong is not ours to fail on.
 */
function check(file: string): void {
  const compilerOptions = {
    target: 'es2023',
    lib: ['es2024'],
    types: ['node'],
    module: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipLibCheck: false,
    erasableSyntaxOnly: true,
  }
  writeFileSync(join(consumer, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [file] }))
  const { stdout, status } = spawnSync(
    join(consumer, 'node_modules/.bin/tsc'),
    ['-p', '.', '--pretty', 'false'],
    {
      cwd: consumer,
      encoding: 'utf8',
    },
  )
  // A message begins at the margin with its file; what is indented belongs to it.
  const messages = stdout.split(/\n(?=\S)/).filter((message) => message.trim() !== '')
  const ours = messages.filter((message) => !/^node_modules\/(?!@corbel\/)/.test(message))
  if (ours.length > 0 || (status !== 0 && messages.length === 0))
    fail(`${file} does not compile:\n${ours.join('\n')}`)
}

/** A program with the stack and the whole of auth must stay quick to compile; what is measured must be able to fail. */
function checkTypeCost(): void {
  const [ours, control] = [instantiations('consumer.ts'), instantiations('heavy-types.ts')]
  console.log(`  ${ours} type instantiations, at most ${mostInstantiations}`)
  if (ours > mostInstantiations) fail(`consumer.ts costs ${ours} type instantiations`)
  if (control <= mostInstantiations) fail(`heavy-types.ts costs only ${control}: the count proves nothing`)
}

function instantiations(file: string): number {
  const project = JSON.parse(readFileSync(join(consumer, 'tsconfig.json'), 'utf8')) as {
    readonly compilerOptions: object
  }
  // The declarations of vendors are the same for everybody, and no program has to check them.
  const compilerOptions = { ...project.compilerOptions, skipLibCheck: true }
  const path = join(consumer, 'tsconfig.cost.json')
  writeFileSync(path, JSON.stringify({ compilerOptions, files: [file] }))
  const { stdout } = spawnSync(
    join(consumer, 'node_modules/.bin/tsc'),
    ['-p', path, '--extendedDiagnostics', '--pretty', 'false'],
    { cwd: consumer, encoding: 'utf8' },
  )
  const count = Number(/^Instantiations: +(\d+)$/m.exec(stdout)?.[1])
  return Number.isInteger(count) ? count : fail(`the compiler does not say what ${file} costs:\n${stdout}`)
}

function everyExport(): string {
  const subpaths = published().flatMap(({ manifest }) =>
    Object.keys(manifest.exports ?? {}).map((subpath) => manifest.name + subpath.slice(1)),
  )
  const imports = subpaths.map((subpath, index) => `import * as m${index} from '${subpath}'`)
  const checks = subpaths.map(
    (subpath, index) =>
      `if (Object.keys(m${index}).length === 0) throw new Error('${subpath} exports nothing')`,
  )
  return [...imports, ...checks, `console.log('${subpaths.length} entry points load')`, ''].join('\n')
}

/** Every optional peer, in the version this workspace was tested with, and the types it needs. */
function vendors(): readonly string[] {
  const names = published()
    .flatMap(({ manifest }) => Object.keys(manifest.peerDependencies ?? {}))
    .filter((name) => !tarballs.has(name))
  return [...new Set([...names, '@types/pg'])].map(dependency)
}

function dependency(name: string): string {
  const packages = [root, ...published().map(({ dir }) => dir)]
  for (const dir of packages) {
    try {
      const listed = execFileSync(
        process.execPath,
        ['-p', `require('./node_modules/${name}/package.json').version`],
        {
          cwd: dir,
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'ignore'],
        },
      )
      return `${name}@${listed.trim()}`
    } catch {
      // Not a dependency of this package; another one has it.
    }
  }
  return fail(`${name} is not installed in the workspace`)
}

function fail(reason: string): never {
  console.error(reason)
  process.exit(1)
}
