import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Invocation } from '../run/cli-context.ts'
import { CliError } from '../run/cli-error.ts'
import { notOffered } from '../run/not-offered.ts'

export interface LogFile {
  readonly name: string
  readonly path: string
  readonly bytes: number
  readonly changedAt: Date
}

/** Where the stack's lines are kept. @throws CliError when the configuration does not say. */
export async function logFolder({ config, settings, resolve }: Invocation): Promise<string> {
  const { config: declared, path } = await config()
  if (!declared.logs) throw notOffered(path, 'logs')
  return resolve(await declared.logs.folder(await settings()))
}

/** Its files of lines, oldest first. @throws CliError when it cannot be read; a folder that is not there has none. */
export function logFiles(folder: string): readonly LogFile[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.log'))
      .map((name) => {
        const path = join(folder, name)
        const { size, mtime } = statSync(path)
        return { name, path, bytes: size, changedAt: mtime }
      })
      .toSorted((a, b) => Number(a.changedAt) - Number(b.changedAt))
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown'
    if (code === 'ENOENT') return []
    throw new CliError('usage', {
      code: 'logs/unreadable',
      message: `${folder} cannot be read (${code}).`,
      fix: 'Run it as somebody who may read the logs.',
      cause,
    })
  }
}
