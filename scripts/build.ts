import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { published, root, run, tool } from './process.ts'

/** Builds dist of every published package: declarations by `tsc -b`, JavaScript by tsup. Always from scratch: both take seconds. */
rmSync(join(root, 'node_modules/.cache/tsc'), { recursive: true, force: true })
for (const { dir } of published()) rmSync(join(dir, 'dist'), { recursive: true, force: true })
run(tool('tsc'), ['-b'])
for (const { dir } of published()) run(tool('tsup'), ['--silent'], dir)
console.log(
  `built ${published()
    .map(({ manifest }) => manifest.name)
    .join(', ')}`,
)
