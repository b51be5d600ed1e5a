import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Options } from 'tsup'

type Exports = Record<string, { '@corbel/source': string }>

/** The tsup options of a published package: one entry for each of its `exports`, so that dist mirrors src and nothing is listed twice. */
export function packageBuild(packageDir: string): Options {
  const manifest = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8')) as { exports: Exports }
  const sources = Object.values(manifest.exports).map((target) => target['@corbel/source'])
  return {
    entry: Object.fromEntries(
      sources.map((source) => [source.slice('./src/'.length, -'.ts'.length), source]),
    ),
    format: 'esm',
    target: 'node22',
    platform: 'node',
    splitting: true,
    sourcemap: false,
    // Declarations come from `tsc -b`: tsup's own cannot drive TypeScript 7. The script cleans dist before both.
    dts: false,
    clean: false,
    removeNodeProtocol: false,
  }
}
