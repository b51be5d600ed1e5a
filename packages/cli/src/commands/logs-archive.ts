import { createReadStream, createWriteStream, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { before, systemClock } from '@corbel/core'
import { logFiles, logFolder, type LogFile } from '../logs/log-folder.ts'
import type { Action } from '../run/command.ts'

export type ArchiveFlags = { readonly days: number; readonly dryRun: boolean }

/** Packs what nobody has written to for some days. A file is removed once its packed copy is whole. */
export const action: Action<ArchiveFlags> = async (invocation, { days, dryRun }) => {
  const folder = await logFolder(invocation)
  const limit = before(systemClock.now(), `${days}d`)
  const old = logFiles(folder).filter(({ changedAt }) => changedAt < limit)
  const archived: string[] = []
  for (const file of old) {
    invocation.process.signal.throwIfAborted()
    archived.push(dryRun ? targetOf(folder, file) : await pack(folder, file))
  }
  return {
    data: { archived, dryRun },
    text:
      archived.length === 0
        ? `Nothing is older than ${days} day(s).`
        : [...archived, ...(dryRun ? ['Nothing was changed.'] : [])].join('\n'),
  }
}

const targetOf = (folder: string, { name, changedAt }: LogFile): string =>
  join(folder, 'archive', `${changedAt.toISOString().replaceAll(':', '')}.${name}.gz`)

async function pack(folder: string, file: LogFile): Promise<string> {
  const target = targetOf(folder, file)
  const draft = `${target}.draft`
  mkdirSync(join(folder, 'archive'), { recursive: true })
  try {
    await pipeline(
      createReadStream(file.path),
      createGzip(),
      createWriteStream(draft, { mode: 0o600, flush: true }),
    )
    renameSync(draft, target)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
  rmSync(file.path)
  return target
}
