import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { cores, hasTaskset, hasWrk, startWorker, type Worker } from './processes.ts'

export const connections = 64

const run = promisify(execFile)
let own: Worker | undefined

/** Keeps 64 connections busy with GET requests for a while and returns how many were answered with 200. */
export async function load(
  url: string,
  seconds: number,
  headers: Readonly<Record<string, string>> = {},
): Promise<number> {
  if (hasWrk) return loadWithWrk(url, seconds, headers)
  own ??= await startWorker('load-generator.ts', cores.rest)
  return own.ask<number>({ url, seconds, headers, connections })
}

export async function closeLoad(): Promise<void> {
  await own?.close()
}

async function loadWithWrk(
  url: string,
  seconds: number,
  headers: Readonly<Record<string, string>>,
): Promise<number> {
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`]
  for (const [name, value] of Object.entries(headers)) args.push('-H', `${name}: ${value}`)
  const command = hasTaskset ? ['taskset', '-c', String(cores.rest), 'wrk'] : ['wrk']
  const [program = '', ...before] = command
  const { stdout } = await run(program, [...before, ...args, url])
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`${url} did not answer every request:\n${stdout}`)
  return Number(/(\d+) requests in/.exec(stdout)?.[1])
}
