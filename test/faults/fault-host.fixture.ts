import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Environment,
  type HostProcess,
  spawnHost,
} from '../../examples/reference-host/src/spawn-host.ts'
import { register, signIn } from '../host/api.fixture.ts'

/** The reference host in a process of its own, quiet, with its data in the folder. */
export const startHost = (folder: string, env: Environment = {}): Promise<HostProcess> =>
  spawnHost({ CORBEL_DATA_DIR: join(folder, 'data'), LOG_LEVEL: 'error', ...env })

export const isAlive = ({ child }: HostProcess): boolean =>
  child.exitCode === null && child.signalCode === null

export const portOf = ({ url }: HostProcess): number => Number(new URL(url).port)

/** Memory that a process occupies, in MB. */
export function residentMb(pid: number | undefined): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) / 1024
}

export const password = 'a password of some length'

/** Registers somebody and signs them in. */
export async function newToken(url: string, email: string): Promise<string> {
  const { status, body } = await register(url, email, password)
  if (status !== 201)
    throw new Error(`The registration of ${email} was answered with ${status}: ${JSON.stringify(body)}`)
  const token = await signIn(url, email, password)
  if (token === undefined) throw new Error(`${email} cannot sign in.`)
  return token
}

/** Status and `Retry-After` of a request; status 0 when the connection failed. */
export interface Told {
  readonly status: number
  readonly retryAfter: string | null
  readonly durationMs: number
}

export async function ask(url: string, init: RequestInit = {}): Promise<Told> {
  const started = performance.now()
  try {
    const response = await fetch(url, init)
    await response.arrayBuffer()
    const retryAfter = response.headers.get('retry-after')
    return { status: response.status, retryAfter, durationMs: performance.now() - started }
  } catch {
    return { status: 0, retryAfter: null, durationMs: performance.now() - started }
  }
}

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

export const postRegistration = (url: string, email: string) =>
  ask(`${url}/api/v1/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password, tenantName: `Tenant of ${email}`, acceptTerms: true }),
  })
