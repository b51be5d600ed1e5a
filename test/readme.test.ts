import { execFile } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const documents = [
  'README.md',
  'packages/core/README.md',
  'packages/auth/README.md',
  'packages/billing/README.md',
  'packages/agents/README.md',
  'packages/adapters/README.md',
  'packages/cli/README.md',
]
// Below test/, so that snippets resolve what the workspace has installed, as its tests do.
const folder = join(root, 'test/.snippets')

afterAll(() => rm(folder, { recursive: true, force: true }))

it('compiles every snippet of the READMEs', async () => {
  await mkdir(folder, { recursive: true })
  let snippets = 0
  for (const document of documents) {
    const text = await readFile(join(root, document), 'utf8')
    for (const [, code] of text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)) {
      const name = `${document.replaceAll(/[/.]/g, '-')}-${(snippets += 1)}.ts`
      await writeFile(join(folder, name), code ?? '')
    }
  }
  expect(snippets).toBeGreaterThanOrEqual(documents.length)
  await writeFile(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: '../../tsconfig.check.json', include: ['*.ts'] }),
  )
  const errors = await new Promise<string>((resolve) => {
    execFile(join(root, 'node_modules/.bin/tsc'), ['-p', folder], (failure, stdout) =>
      resolve(failure ? stdout : ''),
    )
  })
  expect(errors).toBe('')
})

it.each(['core', 'auth', 'billing', 'agents', 'adapters'])(
  'names every entry point of %s in its README',
  async (name) => {
    const folder = join(root, 'packages', name)
    const { exports } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
      exports: object
    }
    const text = await readFile(join(folder, 'README.md'), 'utf8')
    const entries = Object.keys(exports).map((subpath) => `@corbel/${name}${subpath.slice(1)}`)
    expect(entries.filter((entry) => !text.includes(`\`${entry}\``) && !text.includes(`'${entry}'`))).toEqual(
      [],
    )
  },
)
