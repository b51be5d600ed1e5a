import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const versions = {
  '@mastra/core': '1.71.0',
  '@mastra/memory': '1.31.0',
  '@mastra/pg': '1.27.1',
  pg: '8.23.1',
}

export const mastraVersion = versions['@mastra/core']

/**
 * Where Mastra is, which is installed when it is first needed: 143 packages and 131 MB, a fifth of all that this repository has, are
 * not for everybody who starts it.
 *
 * @throws when it cannot be installed.
 */
export function mastraFolder(): string {
  const folder = fileURLToPath(new URL(`../node_modules/.cache/mastra-${mastraVersion}`, import.meta.url))
  if (existsSync(`${folder}/node_modules/@mastra/pg/package.json`)) return folder
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}/package.json`, JSON.stringify({ private: true, dependencies: versions }))
  // Its packages name peers of several major versions of each other.
  const options = ['--legacy-peer-deps', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  execFileSync('npm', ['install', ...options], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
  return folder
}
