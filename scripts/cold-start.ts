import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

/** Milliseconds of `npx <package> --help` on a machine that never saw it: from a registry on this machine, with an empty cache. */
export async function coldStartMs(tarball: string, folder: string): Promise<number> {
  mkdirSync(folder)
  const registry = await serve(tarball)
  try {
    const started = performance.now()
    const child = spawn('npx', ['--yes', `${registry.name}@latest`, '--help'], {
      cwd: folder,
      env: {
        ...process.env,
        npm_config_registry: registry.url,
        npm_config_cache: join(folder, 'cache'),
        npm_config_prefer_offline: 'false',
        // What a script of npm hands down would have its own folder and registry.
        npm_config_userconfig: join(folder, 'npmrc'),
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let printed = ''
    child.stdout.on('data', (chunk: Buffer) => void (printed += chunk.toString()))
    const [code] = (await once(child, 'close')) as [number | null]
    const ms = performance.now() - started
    if (code !== 0 || !printed.includes('USAGE') || registry.served() !== 1)
      throw new Error(`npx ended with ${code}, after ${registry.served()} downloads:\n${printed}`)
    return Math.round(ms)
  } finally {
    await registry.close()
  }
}

/** A registry of one package. */
async function serve(tarball: string) {
  const bytes = readFileSync(tarball)
  const manifest = JSON.parse(
    execFileSync('tar', ['-xzOf', tarball, 'package/package.json'], { encoding: 'utf8' }),
  ) as { readonly name: string; readonly version: string }
  const { name, version } = manifest
  let served = 0
  const server = createServer(({ url: path }, response) => {
    if (path === `/${name}.tgz`) {
      served += 1
      return response.end(bytes)
    }
    if (path !== `/${name}`) return response.writeHead(404).end('{}')
    const dist = {
      tarball: `${url}/${name}.tgz`,
      integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}`,
    }
    const versions = { [version]: { ...manifest, dist } }
    response.setHeader('content-type', 'application/json')
    return response.end(JSON.stringify({ name, 'dist-tags': { latest: version }, versions }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    name,
    url,
    served: () => served,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
