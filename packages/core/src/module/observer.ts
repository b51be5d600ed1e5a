import type { FetchHandlerOptions } from '../http/fetch-handler-options.ts'
import type { Logger } from '../ports/logger.ts'
import type { Meter } from '../ports/meter.ts'
import { CoreMetrics } from './core-metrics.ts'

export interface ObserverOptions {
  readonly logger: Logger
  readonly meter: Meter
}

/** One log line and two metrics for every answer, and one of each for every limit that refused. The route is the pattern, never the path: paths hold ids and tokens. */
export function createObserver({
  logger,
  meter,
}: ObserverOptions): Required<Pick<FetchHandlerOptions, 'onDefect' | 'onLimited' | 'onResponse'>> {
  const requests = meter.counter(CoreMetrics.httpRequests)
  const durations = meter.histogram(CoreMetrics.httpDuration)
  const limited = meter.counter(CoreMetrics.limited)
  const defects = meter.counter(CoreMetrics.defects)
  return {
    onDefect: (error, { requestId, traceId }) => {
      defects.add({ where: 'http' })
      logger.error('A request failed for a reason that no catalogue expects.', { requestId, traceId, error })
    },
    onLimited: ({ policy, by, route, context, principal }) => {
      limited.add({ policy })
      logger.warn('rate_limit.block', {
        policy,
        by,
        method: route.endpoint.method,
        route: route.path,
        requestId: context.requestId,
        traceId: context.traceId,
        tenantId: principal?.tenantId,
        subject: principal?.subject,
      })
    },
    onResponse: ({ route, method, status, durationMs, context, principal }) => {
      const pattern = route?.path ?? 'unknown'
      // Any word can be a method; a label must not take its value from a stranger.
      const known = route ? method : 'other'
      requests.add({ method: known, route: pattern, status: String(status) })
      durations.record(durationMs / 1000, { method: known, route: pattern })
      logger.info('request', {
        method: known,
        route: pattern,
        status,
        durationMs: Math.round(durationMs * 100) / 100,
        requestId: context.requestId,
        traceId: context.traceId,
        tenantId: principal?.tenantId,
        subject: principal?.subject,
      })
    },
  }
}
