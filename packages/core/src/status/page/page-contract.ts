import { anyone } from '../../contract/access.ts'
import { defineContract } from '../../contract/contract.ts'
import { content, ok } from '../../contract/media.ts'
import { StatusErrors } from '../status-errors.ts'
import { StatusHistory, StatusSummary } from './status-data.ts'

// Caches hold it for as long as this process does.
const shared = { access: anyone, errors: [StatusErrors.unavailable], cache: { maxAge: '5s' } } as const

export const statusContract = defineContract('status', '/api/v1/status', {
  summary: {
    method: 'GET',
    path: '',
    summary: 'What works right now, and what is said about what does not',
    success: ok(StatusSummary),
    ...shared,
  },
  history: {
    method: 'GET',
    path: '/history',
    summary: 'The uptime of each component by day, and the incidents of the last 90 days',
    success: ok(StatusHistory),
    ...shared,
  },
})

export const pageContract = defineContract('status-page', '', {
  page: {
    method: 'GET',
    path: '/status',
    summary: 'The status page',
    success: content('text/html; charset=utf-8'),
    ...shared,
  },
  json: {
    method: 'GET',
    path: '/status.json',
    summary: 'The same as GET /api/v1/status',
    success: ok(StatusSummary),
    ...shared,
  },
  rss: {
    method: 'GET',
    path: '/status.rss',
    summary: 'What was said about incidents, as RSS 2.0',
    success: content('application/rss+xml; charset=utf-8'),
    ...shared,
  },
})
