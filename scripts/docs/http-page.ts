import { type Access, type Assurance, type Endpoint, type Operation, rateLimitsOf } from '@corbel/core'
import { code, page, plain, table } from './markdown.ts'
import type { Reference } from './reference.ts'

const intro = `Derived from the contracts, as is [openapi.json](openapi.json), which has the bodies. A running host serves the same at \`/docs\` and
\`/openapi.json\`.`

export function httpPage({ operations }: Reference): string {
  const tags = [...new Set(operations.map(({ tag }) => tag))]
  return page(
    'HTTP API',
    intro,
    ...tags.flatMap((tag) => [
      `## ${tag}`,
      table(
        ['Method', 'Path', 'Access', 'Rate limit', 'What it does'],
        operations.filter((operation) => operation.tag === tag).map(row),
      ),
    ]),
  )
}

const row = ({ endpoint, path }: Operation): readonly string[] => [
  endpoint.method,
  code(path),
  plain(accessText(endpoint.access)),
  rateText(endpoint),
  plain(endpoint.summary),
]

function accessText(access: Access): string {
  switch (access.kind) {
    case 'public':
      return 'anyone'
    case 'webhook':
      return 'signature'
    case 'monitor':
      return 'this machine, or METRICS_TOKEN'
    case 'user':
      return `${access.scopes.length === 0 ? 'any member' : `a person with ${access.scopes.join(', ')}`}${assuranceText(access.assurance)}`
    case 'scope':
      return access.scopes.join(', ')
    case 'operator':
      return `operator${assuranceText(access.assurance)}`
  }
}

function assuranceText(assurance: Assurance | undefined): string {
  const parts = [
    assurance?.aal === undefined ? '' : `AAL ${assurance.aal}`,
    assurance?.maxAge === undefined ? '' : `signed in within ${assurance.maxAge}`,
  ].filter((part) => part !== '')
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`
}

function rateText(endpoint: Endpoint): string {
  const { streamLimit } = endpoint
  const from = (setting?: string): string => (setting === undefined ? '' : ` (${code(setting)})`)
  return [
    ...rateLimitsOf(endpoint).map(
      ({ limit, window, by, setting }) => `${limit} per ${window} and ${by}${from(setting)}`,
    ),
    ...(streamLimit
      ? [`${streamLimit.limit} streams at once per ${streamLimit.by}${from(streamLimit.setting)}`]
      : []),
  ].join('; ')
}
