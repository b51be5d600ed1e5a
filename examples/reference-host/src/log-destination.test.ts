import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test, vi } from 'vitest'
import { LogDestination } from './log-destination.ts'

const folder = mkdtempSync(join(tmpdir(), 'corbel-log-'))
afterAll(() => rmSync(folder, { recursive: true }))

const linesOf = (text: string): readonly string[] => text.split('\n').slice(0, -1)

test('writes every line once and in order, whatever its characters', async () => {
  const file = join(folder, 'log')
  const fd = openSync(file, 'w')
  const destination = new LogDestination({ fd, onDropped: () => {} })
  const lines = Array.from({ length: 20_000 }, (_, i) => `${i} ü€😀`)
  for (let i = 0; i < lines.length; i += 100) {
    for (const line of lines.slice(i, i + 100)) destination.write(`${line}\n`)
    await new Promise(setImmediate)
  }
  await vi.waitFor(() => expect(linesOf(readFileSync(file, 'utf8'))).toHaveLength(lines.length), 10_000)
  expect(linesOf(readFileSync(file, 'utf8'))).toEqual(lines)
  closeSync(fd)
})

test('regression: a line is not measured and copied again by each one after it', async () => {
  const measured = vi.spyOn(Buffer, 'byteLength')
  const copied = vi.spyOn(Buffer, 'from')
  const fd = openSync(join(folder, 'counted'), 'w')
  const destination = new LogDestination({ fd, onDropped: () => {} })
  for (let i = 0; i < 400; i++) destination.write(`${'x'.repeat(99)}\n`)
  expect(measured.mock.calls.length + copied.mock.calls.length).toBe(1)
  vi.restoreAllMocks()
})

test('drops lines while nobody reads, tells how many, and goes on', async () => {
  const cat = spawn('cat', { stdio: ['pipe', 'pipe', 'inherit'] })
  let text = ''
  cat.stdout.setEncoding('utf8').on('data', (more: string) => (text += more))
  cat.kill('SIGSTOP')
  const dropped: number[] = []
  const destination = new LogDestination({ fd: fdOf(cat), onDropped: (lines) => void dropped.push(lines) })
  const total = 30_000
  for (let i = 0; i < total; i++) destination.write(`${String(i).padStart(99)}\n`)
  cat.kill('SIGCONT')
  await vi.waitFor(() => expect(dropped).toHaveLength(1), 10_000)
  destination.write('after it\n')
  await vi.waitFor(() => expect(text).toContain('after it\n'), 10_000)
  const read = linesOf(text).slice(0, -1)
  expect(read.map(Number)).toEqual(Array.from({ length: total - (dropped[0] ?? 0) }, (_, i) => i))
  cat.stdin.end()
  await once(cat, 'exit')
})

test('what is left at an exit is written, and an exit comes though the reader is gone', async () => {
  const program = `import { LogDestination } from '${new URL('log-destination.ts', import.meta.url).href}'
    const destination = new LogDestination({ fd: 2, onDropped: () => {} })
    destination.write('first\\n'.repeat(5000))
    destination.write('last\\n')
    process.exit(3)`
  const run = () =>
    spawn(process.execPath, ['--input-type=module', '--eval', program], {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      stdio: ['ignore', 'inherit', 'pipe'],
    })
  const whole = run()
  let text = ''
  whole.stderr.setEncoding('utf8').on('data', (more: string) => (text += more))
  expect((await once(whole, 'close'))[0]).toBe(3)
  expect(linesOf(text).at(-1)).toBe('last')
  expect(linesOf(text)).toHaveLength(5001)

  const unread = run()
  unread.stderr.destroy()
  expect((await once(unread, 'exit'))[0]).toBe(3)
})

/** The end of a pipe that does not block, as a process's standard error may be. */
function fdOf({ stdin }: ChildProcess): number {
  return (stdin as unknown as { readonly _handle: { readonly fd: number } })._handle.fd
}
