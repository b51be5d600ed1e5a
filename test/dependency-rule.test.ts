import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

/** A file of a small tree with the shape of this repository -> what it imports. */
const legal: Record<string, readonly string[]> = {
  'packages/core/src/index.ts': ['./kernel/clock.ts', './http/implement.ts'],
  'packages/core/src/ports/index.ts': ['../kernel/clock.ts'],
  'packages/core/src/tenant/index.ts': ['./tenant-module.ts'],
  'packages/core/src/tenant/tenant-module.ts': ['./tenant-routes.ts'],
  'packages/core/src/tenant/tenant-routes.ts': ['../http/implement.ts'],
  'packages/core/src/status/status.ts': [],
  'packages/core/src/kernel/clock.ts': [],
  'packages/core/src/http/implement.ts': ['../contract/endpoint.ts', '../ports/index.ts'],
  'packages/core/src/contract/endpoint.ts': ['../kernel/clock.ts'],
  'packages/core/src/module/create-stack.ts': ['../http/implement.ts'],
  'packages/auth/src/index.ts': ['@corbel/core', '@corbel/core/tenant'],
  'packages/auth/src/ports/index.ts': ['@corbel/core/ports'],
  'packages/auth/src/users/user-service.ts': ['../ports/index.ts', '@corbel/core'],
  'packages/billing/src/index.ts': ['@corbel/core'],
  'packages/adapters/src/memory/index.ts': ['@corbel/core/ports', '@corbel/auth/ports', 'vendor'],
  'examples/host/src/main.ts': ['@corbel/auth', '@corbel/adapters/memory'],
  'packages/cli/src/index.ts': ['@corbel/core', 'vendor'],
  'scripts/tool.ts': [],
}

/** A file -> an import it must not have and the rule that says so. */
const illegal: Record<string, readonly [importing: string, rule: string]> = {
  'packages/core/src/kernel/cycle.ts': ['./cycle.ts', 'no-cycles'],
  'packages/core/src/kernel/lost.ts': ['./absent.ts', 'imports-resolve'],
  'packages/core/src/kernel/undeclared.ts': ['vendor', 'imports-are-declared'],
  'packages/core/src/kernel/up.ts': ['../ports/index.ts', 'kernel-is-the-floor'],
  'packages/core/src/ports/up.ts': ['../contract/endpoint.ts', 'ports-stand-on-the-kernel'],
  'packages/core/src/contract/up.ts': ['../ports/index.ts', 'contract-stands-on-the-kernel'],
  'packages/core/src/http/up.ts': ['../module/create-stack.ts', 'http-stands-on-contracts-and-ports'],
  'packages/core/src/module/up.ts': ['../tenant/index.ts', 'module-stands-on-http'],
  'packages/core/src/tenant/sideways.ts': ['../status/status.ts', 'tenant-and-status-are-strangers'],
  'packages/core/src/node.ts': ['./tenant/index.ts', 'core-root-exports-no-module'],
  'packages/core/src/status/outside.ts': ['../../../auth/src/index.ts', 'core-imports-no-package'],
  'packages/auth/src/sibling.ts': ['@corbel/billing', 'siblings-are-strangers'],
  'packages/billing/src/adapter.ts': ['@corbel/adapters/memory', 'modules-know-no-adapter'],
  'packages/adapters/src/memory/root.ts': ['@corbel/auth', 'adapters-see-only-ports'],
  'packages/cli/src/module.ts': ['@corbel/auth', 'the-cli-knows-the-core-alone'],
  'examples/host/src/deep.ts': [
    '../../../packages/auth/src/users/user-service.ts',
    'packages-are-entered-through-exports',
  ],
  'packages/auth/src/top.ts': ['../../../scripts/tool.ts', 'nobody-imports-the-top'],
  'packages/auth/src/users/user-contract.ts': ['./user-service.ts', 'contracts-hold-no-behaviour'],
  'packages/auth/src/auth-errors.ts': ['./users/user-service.ts', 'catalogues-only-declare'],
  'packages/core/src/tenant/tenant-service.ts': ['../http/implement.ts', 'services-know-no-http'],
  'packages/auth/src/users/user-routes.ts': ['../ports/index.ts', 'routes-hold-no-storage'],
  'packages/auth/src/second-assembler.ts': ['./users/user-routes.ts', 'only-the-module-file-assembles'],
  'packages/auth/src/ports/caller.ts': ['../users/user-service.ts', 'ports-know-no-callers'],
}

const exportsOf: Record<string, readonly string[]> = {
  core: ['.', './ports', './tenant'],
  auth: ['.', './ports'],
  billing: ['.'],
  adapters: ['./memory'],
}

interface Report {
  readonly summary: {
    readonly violations: readonly { readonly from: string; readonly rule: { readonly name: string } }[]
  }
}

describe('the dependency rule', () => {
  let tree: string
  let violations: readonly string[]

  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(tree, path)), { recursive: true })
    await writeFile(join(tree, path), text)
  }

  beforeAll(async () => {
    tree = await mkdtemp(join(tmpdir(), 'corbel-rule-'))
    await cp(join(root, '.dependency-cruiser.cjs'), join(tree, '.dependency-cruiser.cjs'))
    await write('package.json', JSON.stringify({ type: 'module', devDependencies: { vendor: '*' } }))
    await write('node_modules/vendor/package.json', JSON.stringify({ name: 'vendor', main: './index.js' }))
    await write('node_modules/vendor/index.js', 'export const vendor = 1')
    await mkdir(join(tree, 'node_modules/@corbel'), { recursive: true })
    for (const [name, subpaths] of Object.entries(exportsOf)) {
      const exports = Object.fromEntries(
        subpaths.map((subpath) => {
          const entry = join('src', subpath, 'index')
          return [
            subpath,
            { '@corbel/source': `./${entry}.ts`, default: `./${entry.replace('src', 'dist')}.js` },
          ]
        }),
      )
      const peerDependencies = name === 'adapters' ? { vendor: '*' } : {}
      const dependencies = Object.fromEntries(
        Object.keys(exportsOf).map((other) => [`@corbel/${other}`, '*']),
      )
      await write(
        `packages/${name}/package.json`,
        JSON.stringify({ name: `@corbel/${name}`, exports, dependencies, peerDependencies }),
      )
      await symlink(`../../packages/${name}`, join(tree, 'node_modules/@corbel', name))
    }
    const files = [
      ...Object.entries(legal),
      ...Object.entries(illegal).map(([path, [target]]) => [path, [target]] as const),
    ]
    for (const [path, targets] of files) {
      // Type imports: the rule must see what the compiler erases.
      const imports = targets.map((target, index) => `import type { T as T${index} } from '${target}'`)
      await write(
        path,
        [...imports, `export type T = ${targets.length > 0 ? 'T0' : 'string'}`, ''].join('\n'),
      )
    }
    const args = [
      'packages',
      'examples',
      'scripts',
      '--config',
      '.dependency-cruiser.cjs',
      '--output-type',
      'json',
    ]
    const json = await new Promise<string>((resolve, reject) => {
      execFile(
        join(root, 'node_modules/.bin/depcruise'),
        args,
        { cwd: tree, maxBuffer: 1 << 26 },
        (_, stdout, stderr) => {
          // Violations make the exit code non-zero; a crash prints no report.
          if (stdout.startsWith('{')) resolve(stdout)
          else reject(new Error(`depcruise printed no report: ${stderr}`))
        },
      )
    })
    const report = JSON.parse(json) as Report
    violations = report.summary.violations.map(({ from, rule }) => `${from} ${rule.name}`)
  })

  afterAll(() => rm(tree, { recursive: true, force: true }))

  it.each(Object.entries(illegal))('%s -> %s', (path, [, rule]) => {
    expect(violations).toContain(`${path} ${rule}`)
  })

  it('lets every legal import through', () => {
    expect(violations.filter((violation) => Object.hasOwn(legal, violation.split(' ')[0] ?? ''))).toEqual([])
  })

  it('has no rule that is not shown to fire', async () => {
    const config = (await import(join(root, '.dependency-cruiser.cjs'))) as {
      default: { forbidden: { name: string }[] }
    }
    expect(new Set(config.default.forbidden.map(({ name }) => name))).toEqual(
      new Set(Object.values(illegal).map(([, rule]) => rule)),
    )
  })
})
