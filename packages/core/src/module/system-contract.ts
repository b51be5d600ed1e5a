import * as z from 'zod'
import { anyone, monitor } from '../contract/access.ts'
import { defineContract } from '../contract/contract.ts'
import { content, ok, unavailable } from '../contract/media.ts'
import { Readiness } from './health.ts'
import { profiles } from './profile.ts'

export const ServiceCard = z.object({
  name: z.string(),
  profile: z.enum(profiles),
  modules: z.array(z.string()),
  docs: z.string(),
  openapi: z.string(),
  health: z.string(),
  ready: z.string(),
})

export const systemContract = defineContract('operations', '', {
  card: {
    method: 'GET',
    path: '/',
    access: anyone,
    summary: 'What answers here, and where to look next',
    success: ok(ServiceCard),
  },
  health: {
    method: 'GET',
    path: '/health',
    access: anyone,
    summary: 'Liveness: the process answers',
    success: ok(z.object({ status: z.literal('ok') })),
  },
  ready: {
    method: 'GET',
    path: '/health/ready',
    access: anyone,
    summary: 'Readiness: every port by name, with its latency',
    success: ok(Readiness),
    alternatives: [unavailable(Readiness)],
  },
  metrics: {
    method: 'GET',
    path: '/metrics',
    access: monitor,
    summary: 'Metrics in the Prometheus text format',
    description: 'For callers on the same machine, or with METRICS_TOKEN as bearer token.',
    success: content('text/plain; version=0.0.4; charset=utf-8'),
  },
  openapi: {
    method: 'GET',
    path: '/openapi.json',
    access: anyone,
    summary: 'This API as OpenAPI 3.1',
    success: content('application/json'),
    cache: { maxAge: '5m' },
  },
  securityTxt: {
    method: 'GET',
    path: '/.well-known/security.txt',
    access: anyone,
    summary: 'Where to report a vulnerability (RFC 9116)',
    description: 'There is one when SECURITY_CONTACT is set; else 404.',
    success: content('text/plain; charset=utf-8'),
    cache: { maxAge: '5m' },
  },
  docs: {
    method: 'GET',
    path: '/docs',
    access: anyone,
    summary: 'This API as a page to read',
    success: content('text/html; charset=utf-8'),
    cache: { maxAge: '5m' },
  },
})
