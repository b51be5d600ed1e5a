import { execFile } from 'node:child_process'
import type { Action } from '../run/command.ts'
import { textTable } from '../run/table.ts'

interface Tool {
  readonly name: string
  readonly args: readonly string[]
  readonly purpose: string
}

const tools: readonly Tool[] = [
  { name: 'npm', args: ['--version'], purpose: 'installs packages' },
  { name: 'git', args: ['--version'], purpose: 'names the version in release evidence' },
  { name: 'openssl', args: ['version'], purpose: 'makes secrets by hand' },
  { name: 'docker', args: ['--version'], purpose: 'runs local Postgres, Redis and Vault' },
  { name: 'psql', args: ['--version'], purpose: 'looks into Postgres' },
  { name: 'redis-cli', args: ['--version'], purpose: 'looks into Redis' },
  { name: 'vault', args: ['--version'], purpose: 'administers Vault' },
  { name: 'stripe', args: ['--version'], purpose: 'forwards webhooks to this machine' },
]

export interface FoundTool {
  readonly name: string
  readonly purpose: string
  /** Null when it is not there or does not answer. */
  readonly version: string | null
}

// A tool that takes longer to say its version hangs.
const deadlineMs = 10_000

/** The tools of this machine that people use beside this program, which itself needs only Node. */
export const action: Action = async ({ process: host }) => {
  const found = await Promise.all(
    tools.map(async ({ name, args, purpose }): Promise<FoundTool> => {
      const version = await firstLine(name, args, host.env)
      return { name, purpose, version }
    }),
  )
  const data: readonly FoundTool[] = [
    { name: 'node', purpose: 'runs this program', version: process.version },
    ...found,
  ]
  return {
    data,
    text: textTable(
      ['Tool', 'Version', 'For'],
      data.map(({ name, version, purpose }) => [name, version ?? 'not found', purpose]),
    ),
  }
}

const firstLine = (
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | null> =>
  new Promise((resolve) => {
    execFile(name, args, { env, timeout: deadlineMs }, (error, stdout) =>
      resolve(error ? null : (stdout.trim().split('\n')[0] ?? '')),
    )
  })
