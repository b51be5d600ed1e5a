import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const script = (touch: string): string => `
// It asks for colours when it is first loaded.
import 'node:assert'
import dns from 'node:dns'
import fs from 'node:fs'
import net from 'node:net'
import child from 'node:child_process'
import { syncBuiltinESMExports } from 'node:module'
const touched = []
const trap = (owner, name, what) => { owner[name] = () => { touched.push(what); throw new Error(what) } }
trap(net.Socket.prototype, 'connect', 'connection')
trap(dns, 'lookup', 'name look-up')
for (const name of ['spawn', 'execFile', 'exec', 'fork']) trap(child, name, 'process')
for (const name of ['writeFileSync', 'appendFileSync', 'mkdirSync', 'renameSync']) trap(fs, name, 'file')
syncBuiltinESMExports()
const env = process.env
// What Node's own loader asks for.
const own = 'WATCH_REPORT_DEPENDENCIES'
process.env = new Proxy(env, {
  get: (target, name) => { if (name !== own) touched.push('environment ' + String(name)); return target[name] },
  has: (target, name) => { touched.push('environment ' + String(name)); return name in target },
  ownKeys: (target) => { touched.push('environment'); return Reflect.ownKeys(target) },
})
const { app } = await import(${JSON.stringify(new URL('app.ts', import.meta.url).href)})
const loaded = []
const walk = async (target) => {
  if (target.loader) return void loaded.push(await target.loader())
  for (const entry of target.getAllEntries()) await walk(entry.target)
}
await walk(app.root)
${touch}
const report = JSON.stringify({ loaded: loaded.length, touched })
process.stdout.write(report)
`

interface Found {
  readonly loaded: number
  readonly touched: readonly string[]
}

const run = (touch = ''): Promise<Found> =>
  new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      ['--conditions=@corbel/source', '--input-type=module', '--eval', script(touch)],
      { cwd: fileURLToPath(new URL('.', import.meta.url)) },
      (error, stdout, stderr) => (error ? reject(new Error(stderr)) : resolve(JSON.parse(stdout) as Found)),
    )
  })

it('loads every command without a connection, a file written, a process or a look at the environment', async () => {
  const { loaded, touched } = await run()
  expect(loaded).toBeGreaterThan(20)
  expect(touched).toEqual([])
})

it('would notice', async () => {
  const { touched } = await run(
    "void process.env.HOME; try { net.connect(1) } catch {} try { fs.writeFileSync('x', '') } catch {}",
  )
  expect(touched).toEqual(['environment HOME', 'connection', 'file'])
})
