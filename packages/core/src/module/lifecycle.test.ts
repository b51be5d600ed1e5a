import { describe, expect, test } from 'vitest'
import { Lifecycle, StartFailed } from './lifecycle.ts'

const step = (name: string, run: () => Promise<unknown> = async () => {}) => ({ name, run })

describe('lifecycle', () => {
  test('is starting, then ready, then stopping', async () => {
    const lifecycle = new Lifecycle()
    expect(lifecycle.status).toBe('starting')
    await lifecycle.start([step('storage')])
    expect(lifecycle.status).toBe('ready')
    await lifecycle.stop([], 100)
    expect(lifecycle.status).toBe('stopping')
  })

  test('reports each step and names the one that failed', async () => {
    const lifecycle = new Lifecycle()
    const reported: string[] = []
    const failing = lifecycle.start(
      [step('storage'), step('keys', () => Promise.reject(new Error('the file is locked'))), step('relay')],
      ({ name }) => reported.push(name),
    )
    await expect(failing).rejects.toThrow('The start failed at "keys": the file is locked')
    await expect(failing).rejects.toBeInstanceOf(StartFailed)
    expect(reported).toEqual(['storage'])
  })

  test('is started once', async () => {
    const lifecycle = new Lifecycle()
    await lifecycle.start([])
    await expect(lifecycle.start([])).rejects.toThrow('started once')
  })

  test('waits for requests under way before it closes anything, and readiness is off meanwhile', async () => {
    const lifecycle = new Lifecycle()
    await lifecycle.start([])
    const leave = lifecycle.enter()
    let closed = false
    const stopped = lifecycle.stop([step('storage', async () => void (closed = true))], 60_000)
    expect(lifecycle.status).toBe('stopping')
    expect(closed).toBe(false)
    leave()
    await stopped
    expect(closed).toBe(true)
  })

  test('draining turns readiness off and still stops in order', async () => {
    const lifecycle = new Lifecycle()
    await lifecycle.start([])
    lifecycle.drain()
    expect(lifecycle.status).toBe('stopping')
    const leave = lifecycle.enter()
    let closed = false
    const stopped = lifecycle.stop([step('storage', async () => void (closed = true))], 60_000)
    expect(closed).toBe(false)
    leave()
    await stopped
    expect(closed).toBe(true)
  })

  test('ends the streams that are open, those that come later, and not those that have left', async () => {
    const lifecycle = new Lifecycle()
    const ended: string[] = []
    const stream = (name: string) => ({ beat() {}, end: () => void ended.push(name) })
    const left = stream('left')
    lifecycle.streams.add(left)
    lifecycle.streams.add(stream('open'))
    lifecycle.streams.delete(left)
    await lifecycle.start([])
    await lifecycle.stop([step('storage', async () => void ended.push('storage'))], 100)
    lifecycle.streams.add(stream('late'))
    expect(ended).toEqual(['open', 'storage', 'late'])
  })

  test('closes everything at the limit even when a request never ends', async () => {
    const lifecycle = new Lifecycle()
    await lifecycle.start([])
    lifecycle.enter()
    let closed = false
    await lifecycle.stop([step('storage', async () => void (closed = true))], 1)
    expect(closed).toBe(true)
  })

  test('a failing step keeps no other from closing, and is told', async () => {
    const lifecycle = new Lifecycle()
    await lifecycle.start([])
    let closed = false
    const stopped = lifecycle.stop(
      [
        step('relay', () => Promise.reject(new Error('stuck'))),
        step('storage', async () => void (closed = true)),
      ],
      100,
    )
    await expect(stopped).rejects.toThrow('not everything could be closed')
    expect(closed).toBe(true)
  })
})
