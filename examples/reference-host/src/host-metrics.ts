import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { defineMetrics } from '@corbel/core'
import type { Meter } from '@corbel/core/ports'

export const HostMetrics = defineMetrics({
  eventLoopDelay: {
    name: 'corbel_event_loop_delay_seconds',
    kind: 'gauge',
    help: 'How late timers fire since the last scrape: what a request waits for the thread.',
    labels: ['quantile'],
  },
  eventLoopUtilization: {
    name: 'corbel_event_loop_utilization_ratio',
    kind: 'gauge',
    help: 'Part of the time since the last scrape in which the thread was busy, from 0 to 1.',
    labels: [],
  },
  residentMemory: {
    name: 'corbel_process_resident_memory_bytes',
    kind: 'gauge',
    help: 'Memory that the process occupies.',
    labels: [],
  },
  poolConnections: {
    name: 'corbel_database_pool_connections',
    kind: 'gauge',
    help: 'Connections to the database that are in use or idle.',
    labels: ['state'],
  },
  poolWaiting: {
    name: 'corbel_database_pool_waiting',
    kind: 'gauge',
    help: 'Callers that wait for a connection to the database.',
    labels: [],
  },
})

export interface ConnectionCounts {
  readonly total: number
  readonly idle: number
  /** Callers that wait for one. */
  readonly queued: number
}

// Coarse enough to cost nothing, fine enough to show a request that blocks the thread.
const resolutionMs = 10

/** Gauges of the process and of the database pool, read when they are scraped. */
export function measureHost(meter: Meter, countConnections: () => ConnectionCounts): void {
  const delays = monitorEventLoopDelay({ resolution: resolutionMs })
  delays.enable()
  let busySince = performance.eventLoopUtilization()
  const eventLoopDelay = meter.gauge(HostMetrics.eventLoopDelay)
  const utilization = meter.gauge(HostMetrics.eventLoopUtilization)
  const memory = meter.gauge(HostMetrics.residentMemory)
  const connections = meter.gauge(HostMetrics.poolConnections)
  const waiting = meter.gauge(HostMetrics.poolWaiting)
  meter.onScrape(() => {
    for (const quantile of [0.5, 0.99, 1]) {
      // The histogram holds intervals, in nanoseconds; without a sample it is NaN.
      const late = delays.percentile(quantile * 100) / 1e9 - resolutionMs / 1000
      eventLoopDelay.set(Math.max(0, late || 0), { quantile: String(quantile) })
    }
    delays.reset()
    utilization.set(performance.eventLoopUtilization(busySince).utilization)
    busySince = performance.eventLoopUtilization()
    memory.set(process.memoryUsage.rss())
    const { total, idle, queued } = countConnections()
    connections.set(total - idle, { state: 'used' })
    connections.set(idle, { state: 'idle' })
    waiting.set(queued)
  })
}
