import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Heartbeat } from './open-streams.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('a stream beats every 15 seconds, the first time within 15, and no more once it has left', () => {
  const heartbeat = new Heartbeat()
  const beats: number[] = []
  const stream = { beat: () => void beats.push(Date.now()), end() {} }
  const started = Date.now()
  heartbeat.add(stream)
  vi.advanceTimersByTime(45_000)
  expect(beats.map((at) => at - started)).toEqual([15_000, 30_000, 45_000])
  expect([heartbeat.delete(stream), heartbeat.delete(stream)]).toEqual([true, false])
  vi.advanceTimersByTime(60_000)
  expect(beats).toHaveLength(3)
  expect(vi.getTimerCount()).toBe(0)
})

test('streams that came at different times beat at different times, and no timer is left behind them', () => {
  const heartbeat = new Heartbeat()
  const beats: string[] = []
  const streams = ['first', 'second'].map((name) => ({ beat: () => void beats.push(name), end() {} }))
  for (const stream of streams) {
    heartbeat.add(stream)
    vi.advanceTimersByTime(7_000)
  }
  expect(beats).toEqual([])
  vi.advanceTimersByTime(1_000)
  expect(beats).toEqual(['first'])
  vi.advanceTimersByTime(7_000)
  expect(beats).toEqual(['first', 'second'])
  for (const stream of streams) heartbeat.delete(stream)
  expect(vi.getTimerCount()).toBe(0)
})
