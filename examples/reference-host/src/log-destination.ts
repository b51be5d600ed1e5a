import { type DestinationStream, destination } from 'pino'

// About 4,000 lines.
const longestBacklog = 1 << 20

/**
 * Standard error, written beside the event loop: whoever reads the log may stall, and the host must not stall with it. Lines that
 * come while a write is under way leave together with the next one. Beyond 1 MB of backlog lines are dropped, and `onDropped` is
 * told how many once there is room again. What is left when the process exits is written then.
 */
export function logDestination(onDropped: (lines: number) => void): DestinationStream {
  const stream = destination({
    fd: 2,
    sync: false,
    minLength: 4096,
    periodicFlush: 100,
    maxLength: longestBacklog,
  })
  let dropped = 0
  stream.on('drop', () => dropped++)
  stream.on('drain', () => {
    if (dropped === 0) return
    const lines = dropped
    dropped = 0
    onDropped(lines)
  })
  return stream
}
