import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { logFiles, logFolder } from '../logs/log-folder.ts'
import { isTrouble, lineText, parseLine, type ShownLine } from '../logs/log-line.ts'
import type { Invocation } from '../run/cli-context.ts'
import { CliError } from '../run/cli-error.ts'
import type { Action } from '../run/command.ts'
import { writeAll } from '../run/streams.ts'

export type TailFlags = { readonly lines: number; readonly errors: boolean; readonly follow: boolean }

// More than any number of lines that a person reads.
const longestTail = 8 << 20
const pollMs = 250

/** The last lines of the logs, by their time. */
export const action: Action<TailFlags> = async (invocation, { lines, errors, follow }) => {
  const folder = await logFolder(invocation)
  const files = logFiles(folder)
  if (files.length === 0 && !follow) throw nothingThere(folder)
  const offsets = new Map(files.map(({ path, bytes }) => [path, bytes]))
  const read = files
    .flatMap(({ path, bytes }) => linesIn(path, Math.max(0, bytes - longestTail), bytes))
    .filter((line) => !errors || isTrouble(line))
    .toSorted((a, b) => ((a.time ?? '') < (b.time ?? '') ? -1 : (a.time ?? '') > (b.time ?? '') ? 1 : 0))
    .slice(-lines)
  if (!follow) return { data: read, text: read.map(lineText).join('\n') }
  await print(invocation, read)
  for (;;) {
    await delay(pollMs, undefined, { signal: invocation.process.signal })
    for (const { path } of logFiles(folder)) {
      const [from, until] = [offsets.get(path) ?? 0, lastBreak(path, offsets.get(path) ?? 0)]
      offsets.set(path, until)
      if (until > from)
        await print(
          invocation,
          linesIn(path, from, until).filter((line) => !errors || isTrouble(line)),
        )
    }
  }
}

const print = ({ process: host, flags }: Invocation, lines: readonly ShownLine[]): Promise<void> =>
  writeAll(
    host.stdout,
    lines
      .map((line) =>
        flags.json || flags.output !== 'text' ? JSON.stringify({ type: 'item', data: line }) : lineText(line),
      )
      .map((text) => `${text}\n`)
      .join(''),
  )

/** Where the last whole line ends; the beginning of a file that was begun anew. */
function lastBreak(path: string, from: number): number {
  const { size } = statSync(path)
  if (size < from) return 0
  return from + bytesIn(path, from, size).lastIndexOf('\n') + 1
}

const linesIn = (path: string, from: number, until: number): readonly ShownLine[] =>
  bytesIn(path, from, until)
    .toString('utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(parseLine)

function bytesIn(path: string, from: number, until: number): Buffer {
  const bytes = Buffer.alloc(Math.max(0, until - from))
  const file = openSync(path, 'r')
  try {
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, from))
  } finally {
    closeSync(file)
  }
}

const nothingThere = (folder: string): CliError =>
  new CliError('usage', {
    code: 'logs/none',
    message: `There is no log in ${folder}.`,
    fix: 'Start the stack with "corbel dev", or send its standard error to a file there that ends with .log.',
    next: 'corbel dev',
  })
