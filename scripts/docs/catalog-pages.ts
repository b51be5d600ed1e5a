import type { JobSpec } from '@corbel/core'
import * as z from 'zod'
import { code, page, plain, table } from './markdown.ts'
import { entriesOf, type Reference } from './reference.ts'

export const errorsPage = (reference: Reference): string =>
  page(
    'Errors',
    'Failures are problem documents (RFC 9457). `code` is stable; `type` ends with it. Anything without a code here is a defect: a 500 that tells only its request id.',
    ...entriesOf(reference, 'errors').flatMap(({ module, entries }) => [
      `## ${module}`,
      table(
        ['Code', 'Status', 'What happened', 'How to put it right'],
        entries
          .flatMap((catalog) => Object.values(catalog))
          .map(({ code: name, status, title, fix }) => [
            code(name),
            String(status),
            plain(title),
            plain(fix),
          ]),
      ),
    ]),
  )

export const eventsPage = (reference: Reference): string =>
  page(
    'Events',
    'An event is recorded in the transaction that makes it true and delivered after it, at least once. Handlers are idempotent by its id.',
    ...entriesOf(reference, 'events').flatMap(({ module, entries }) => [
      `## ${module}`,
      table(
        ['Type', 'When', 'Payload', 'Audit trail'],
        Object.values(entries).map(({ type, summary, payload, audit }) => [
          code(type),
          plain(summary),
          Object.keys(payload.shape).length === 0 ? '' : fields(payload),
          audit ? (audit.outcome ?? 'success') : '',
        ]),
      ),
    ]),
  )

interface JsonSchema {
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly JsonSchema[]
  readonly items?: JsonSchema
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
}

function fields(payload: z.ZodObject): string {
  const { properties = {}, required = [] } = z.toJSONSchema(payload, { unrepresentable: 'any' }) as JsonSchema
  return Object.entries(properties)
    .map(([name, schema]) => code(`${name}${required.includes(name) ? '' : '?'}: ${typeText(schema)}`))
    .join('<br>')
}

function typeText(schema: JsonSchema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeText).join(' | ')
  if (schema.type === 'array') return `${typeText(schema.items ?? {})}[]`
  return [schema.type ?? 'unknown'].flat().join(' | ')
}

function timeOf(job: JobSpec): string {
  if ('every' in job) return `every ${job.every}`
  return 'cron' in job ? code(job.cron) : 'when it was enqueued'
}

export const jobsPage = (reference: Reference): string =>
  page(
    'Jobs',
    'Each job is done at least once, so it is idempotent; of all replicas one does it. Times are in UTC.',
    ...entriesOf(reference, 'jobs').flatMap(({ module, entries }) => [
      `## ${module}`,
      table(
        ['Job', 'When', 'What it does'],
        Object.values(entries).map((job) => [code(job.name), timeOf(job), plain(job.summary)]),
      ),
    ]),
  )

export const metricsPage = (reference: Reference): string =>
  page(
    'Metrics',
    '`GET /metrics` answers in the Prometheus text format to callers on the same machine, or with `METRICS_TOKEN` as bearer token.',
    ...entriesOf(reference, 'metrics').flatMap(({ module, entries }) => [
      `## ${module}`,
      table(
        ['Metric', 'Kind', 'Labels', 'What it counts'],
        Object.values(entries).map(({ name, kind, labels, help }) => [
          code(name),
          kind,
          labels.map(code).join(', '),
          plain(help),
        ]),
      ),
    ]),
  )

const roles = ['viewer', 'member', 'admin', 'owner', 'operator']

const has = (role: string, from: string): boolean =>
  role === 'operator' || from === 'operator' ? role === from : roles.indexOf(role) >= roles.indexOf(from)

export const permissionsPage = (reference: Reference): string =>
  page(
    'Permissions',
    'A role has the permissions marked here; an access token carries them in `scope`. An operator of the platform has those of their role in the tenant, and beyond them what is marked for operators alone.',
    ...entriesOf(reference, 'permissions').flatMap(({ module, entries }) => [
      `## ${module}`,
      table(
        ['Permission', 'What it allows', ...roles],
        Object.values(entries).map(({ scope, summary, from }) => [
          code(scope),
          plain(summary),
          ...roles.map((role) => (has(role, from) ? 'yes' : '')),
        ]),
      ),
    ]),
  )
