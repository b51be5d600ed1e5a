import { basename } from 'node:path'
import { run, workspaces } from './process.ts'

/** Runs every example's `check` script: it starts the example, uses it, and fails when it does not do what its README says. */
for (const { dir, manifest } of workspaces('examples')) {
  const name = basename(dir)
  if (manifest.scripts?.['check'] === undefined) {
    console.error(
      `examples/${name} has no "check" script. Every example proves itself: add one to its package.json.`,
    )
    process.exit(1)
  }
  const started = performance.now()
  console.log(`— ${name}`)
  run('npm', ['run', '-s', 'check'], dir)
  console.log(`  ${name} ok, ${((performance.now() - started) / 1000).toFixed(1)} s`)
}
