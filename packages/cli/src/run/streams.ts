import { fstatSync, readFileSync } from 'node:fs'

/**
 * Whether nobody can read what is written. Node opens /dev/null for reading and writing in place of a stream that was closed, before any
 * program runs; a shell that redirects to /dev/null opens it for writing only. Known on Linux alone.
 */
export function isClosed(stream: NodeJS.WritableStream): boolean {
  const { fd } = stream as { readonly fd?: number }
  if (fd === undefined || process.platform !== 'linux') return false
  try {
    const { rdev } = fstatSync(fd)
    // Major 1, minor 3.
    if (rdev !== 0x103) return false
    const [, flags = '0'] = /^flags:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8')) ?? []
    return (Number.parseInt(flags, 8) & 3) === 2
  } catch {
    return true
  }
}

/** Writes all of it, or rejects: a full disk and a closed pipe are not a success. */
export function writeAll(stream: NodeJS.WritableStream, text: string): Promise<void> {
  if (text === '') return Promise.resolve()
  return new Promise((resolve, reject) => {
    stream.once('error', reject)
    stream.write(text, (error) => {
      if (error) return reject(error)
      stream.removeListener('error', reject)
      resolve()
    })
  })
}
