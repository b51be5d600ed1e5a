import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '../free-port.ts'

export const hasProgram = (...command: readonly [string, ...string[]]): boolean =>
  spawnSync(command[0], command.slice(1), { stdio: 'ignore' }).error === undefined

export interface Proxy {
  readonly url: string
  /** Requests that it has taken so far. */
  requests(): Promise<number>
  /** Its answers that were no success, counted by what it answered and what the replicas had. */
  failures(): Readonly<Record<string, number>>
  close(): Promise<void>
}

// It asks the next replica when one refuses or resets a connection, as it does by itself for what may be repeated; an order has a key.
const config = (port: number, folder: string, upstreams: readonly number[]) => `
daemon off;
worker_processes 1;
pid ${folder}/pid;
error_log ${folder}/error.log;
events { worker_connections 1024; }
http {
  log_format told '$status by $upstream_status';
  map $status $failed { ~^[23] 0; default 1; }
  access_log ${folder}/failed.log told if=$failed;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
  upstream replicas {
    ${upstreams.map((upstream) => `server 127.0.0.1:${upstream} max_fails=0;`).join(' ')}
    keepalive 256;
  }
  server {
    listen 127.0.0.1:${port};
    location = /proxy-status { stub_status; }
    location / {
      proxy_pass http://replicas;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
    }
    location /orders {
      proxy_pass http://replicas;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_next_upstream error timeout non_idempotent;
    }
  }
}
`

/** nginx in front of replicas, which need not be there yet. */
export async function startNginx(upstreams: readonly number[]): Promise<Proxy> {
  const folder = mkdtempSync(join(tmpdir(), 'corbel-nginx-'))
  const port = await freePort()
  const path = join(folder, 'nginx.conf')
  writeFileSync(path, config(port, folder, upstreams))
  const child = spawn('nginx', ['-c', path, '-e', join(folder, 'error.log')], { stdio: 'ignore' })
  const url = `http://127.0.0.1:${port}`
  const requests = async (): Promise<number> => {
    const text = await (await fetch(`${url}/proxy-status`)).text()
    return Number(/^ \d+ \d+ (\d+)/m.exec(text)?.[1])
  }
  while (
    !(await requests().then(
      () => true,
      () => false,
    ))
  ) {
    if (child.exitCode !== null) throw new Error('nginx did not start.')
    await delay(20)
  }
  return {
    url,
    requests,
    failures() {
      const lines = readFileSync(join(folder, 'failed.log'), 'utf8').split('\n').filter(Boolean)
      return Object.fromEntries(
        [...Map.groupBy(lines, (line) => line)].map(([line, all]) => [line, all.length]),
      )
    },
    async close() {
      const exit = once(child, 'exit')
      if (child.exitCode === null) {
        child.kill('SIGTERM')
        await exit
      }
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
