import { manualClock, memoryMeter, recordingLogger } from '@corbel/core/ports'
import { describe, expect, it, vi } from 'vitest'
import type { SessionId } from '../sessions/session.ts'
import { RevocationList } from './revocation-list.ts'

const id: SessionId = 'ses_00000000000000000000000000'

function setUp() {
  const clock = manualClock()
  const logger = recordingLogger()
  const list = new RevocationList({ clock, logger, meter: memoryMeter(), interval: 2000, lifetime: 900_000 })
  const start = clock.now()
  const source = vi.fn(async (_since: Date): Promise<{ id: SessionId; revokedAt: Date }[]> => [])
  return { clock, logger, list, start, source }
}

const down = async (): Promise<never> => {
  throw new Error('the database is away')
}

describe('the revocation list', () => {
  it('is read before the first decision, back to the oldest token that can still run', async () => {
    const { list, source, start } = setUp()
    await list.refresh(source)
    expect(source).toHaveBeenCalledTimes(1)
    expect(source.mock.calls[0]?.[0]).toEqual(new Date(start.getTime() - 900_000 - 120_000))
  })

  it('is not read again while the clock stands within the interval', async () => {
    const { list, source, clock } = setUp()
    await list.refresh(source)
    clock.advance('1999ms')
    await list.refresh(source)
    expect(source).toHaveBeenCalledTimes(1)
  })

  it('is read again after the interval, with 30 s of overlap, and not waited for', async () => {
    const { list, source, clock, start } = setUp()
    await list.refresh(source)
    clock.advance('2s')
    let answer: (rows: { id: SessionId; revokedAt: Date }[]) => void = () => {}
    source.mockImplementationOnce(() => new Promise((resolve) => (answer = resolve)))
    await list.refresh(source)
    await list.refresh(source)
    expect(source).toHaveBeenCalledTimes(2)
    expect(source.mock.calls[1]?.[0]).toEqual(new Date(start.getTime() - 30_000))
    expect(list.has(id)).toBe(false)
    answer([{ id, revokedAt: start }])
    await vi.waitFor(() => expect(list.has(id)).toBe(true))
  })

  it('is waited for after three intervals', async () => {
    const { list, source, clock, start } = setUp()
    await list.refresh(source)
    clock.advance('6s')
    source.mockResolvedValueOnce([{ id, revokedAt: start }])
    await list.refresh(source)
    expect(list.has(id)).toBe(true)
  })

  it('is believed for three intervals without the database, and then refuses to decide', async () => {
    const { list, source, clock, logger } = setUp()
    await list.refresh(source)
    clock.advance('5999ms')
    await list.refresh(down)
    await vi.waitFor(() => expect(logger.lines.map(({ level }) => level)).toEqual(['warn']))
    clock.advance('1ms')
    await expect(list.refresh(down)).rejects.toMatchObject({
      code: 'auth/revocations-unavailable',
      status: 503,
      details: { retryAfter: 2 },
    })
    await list.refresh(source)
    await list.refresh(down)
  })

  it('refuses to decide when it never could be read', async () => {
    await expect(setUp().list.refresh(down)).rejects.toMatchObject({ status: 503 })
  })

  it('is read again when the clock was set back', async () => {
    const { list, source } = setUp()
    let now = new Date('2026-01-01T00:00:00Z')
    const clock = { now: () => now }
    const other = new RevocationList({
      clock,
      logger: recordingLogger(),
      meter: memoryMeter(),
      interval: 2000,
      lifetime: 900_000,
    })
    await other.refresh(source)
    now = new Date('2025-12-31T00:00:00Z')
    await other.refresh(source)
    expect(source).toHaveBeenCalledTimes(2)
    expect(list.size).toBe(0)
  })

  it('forgets a session when no token of it can run any more', async () => {
    const { list, source, clock, start } = setUp()
    list.add(id, start)
    clock.advance('17m')
    await list.refresh(source)
    expect(list.has(id)).toBe(true)
    clock.advance('2s')
    await list.refresh(source)
    await vi.waitFor(() => expect(list.has(id)).toBe(false))
    expect(list.size).toBe(0)
  })
})
