import type * as z from 'zod'
import type { Access } from './access.ts'
import { type Endpoint, rateLimitsOf } from './contract.ts'
import { fieldTable } from './docs-fields.ts'
import { docsStyle } from './docs-style.ts'
import { Html, markup } from './html.ts'
import type { ApiDescription } from './openapi.ts'
import type { Operation } from './operation.ts'
import { standardErrors, takesIdempotencyKey } from './standard-errors.ts'
import { strictSchema } from './strict-schema.ts'

/** The API as one page to read: no script, nothing loaded from elsewhere. Serve it under `docsPolicy`. */
export function docsPage(
  operations: readonly Operation[],
  { title, version, serverUrl }: ApiDescription,
): string {
  const groups = Object.entries(Object.groupBy(operations, ({ tag }) => tag)).map(([tag, members = []]) => ({
    tag,
    members,
  }))
  const page = markup`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title} API</title><style>${new Html(docsStyle)}</style></head>
<body>
<nav aria-label="Endpoints"><a href="#top"><strong>${title}</strong></a>${groups.map(navigation)}</nav>
<main id="top">
<h1>${title} API</h1>
<p class="lead">Version ${version} at <code>${serverUrl}</code>. ${operations.length} endpoints. Machine-readable: <a href="/openapi.json"><code>/openapi.json</code></a></p>
${groups.map(({ tag, members }) => markup`<section><h2 id="${tag}">${tag}</h2>${members.map(article)}</section>`)}
</main>
</body>
</html>
`
  return page.toString()
}

interface Group {
  readonly tag: string
  readonly members: readonly Operation[]
}

const navigation = ({ tag, members }: Group): Html =>
  markup`<h2>${tag}</h2><ul>${members.map(
    (operation) =>
      markup`<li><a href="#${idOf(operation)}">${method(operation.endpoint)}<span>${operation.endpoint.summary}</span></a></li>`,
  )}</ul>`

const idOf = ({ tag, name }: Operation): string => `${tag}.${name}`

const method = (endpoint: Endpoint): Html =>
  markup`<span class="method ${endpoint.method}">${endpoint.method}</span>`

function article(operation: Operation): Html {
  const { endpoint, path } = operation
  const { summary, description } = endpoint
  return markup`<article id="${idOf(operation)}">
<h3>${method(endpoint)}<a class="path" href="#${idOf(operation)}">${path}</a></h3>
<p>${summary}</p>${description !== undefined && markup`<p>${description}</p>`}
<ul class="chips">${chips(endpoint).map((chip) => markup`<li>${chip}</li>`)}</ul>
${request(endpoint)}${answers(endpoint)}</article>`
}

function chips(endpoint: Endpoint): readonly string[] {
  const { access, streamLimit, versioned, cache } = endpoint
  return [
    accessText(access),
    ...('assurance' in access && access.assurance?.aal ? [`assurance level ${access.assurance.aal}`] : []),
    ...('assurance' in access && access.assurance?.maxAge
      ? [`signed in within ${access.assurance.maxAge}`]
      : []),
    ...rateLimitsOf(endpoint).map(({ limit, window, by }) => `${limit} per ${window} for each ${by}`),
    ...(streamLimit ? [`${streamLimit.limit} streams at once for each ${streamLimit.by}`] : []),
    ...(takesIdempotencyKey(endpoint) ? ['Idempotency-Key'] : []),
    ...(versioned ? [endpoint.method === 'GET' ? 'ETag' : 'If-Match'] : []),
    ...(cache ? [`cached for ${cache.maxAge}`] : []),
  ]
}

function accessText(access: Access): string {
  switch (access.kind) {
    case 'public':
      return 'open to anyone'
    case 'user':
      return access.scopes.length > 0 ? `a person with ${access.scopes.join(' and ')}` : 'signed in'
    case 'scope':
      return access.scopes.join(' and ')
    case 'operator':
      return 'operators'
    case 'webhook':
      return 'signed by the sender'
    case 'monitor':
      return 'monitors'
  }
}

function request({ params, query, body }: Endpoint): Html | null {
  const parts: readonly (readonly [string, z.ZodType | undefined])[] = [
    ['Path', params],
    ['Query', query],
    [
      body?.kind === 'form' ? 'Form' : 'Body',
      body && body.kind !== 'raw' ? strictSchema(body.schema) : undefined,
    ],
  ]
  const tables = parts.flatMap(([caption, schema]) => (schema ? [fieldTable(caption, schema, 'input')] : []))
  const raw =
    body?.kind === 'raw' &&
    markup`<p>The bytes as sent: ${body.contentTypes.join(' or ') || 'any media type'}</p>`
  if (tables.length === 0 && !raw) return null
  return markup`<details open><summary>Request</summary>${tables}${raw}</details>`
}

function answers(endpoint: Endpoint): Html {
  const { success, alternatives = [], errors = [] } = endpoint
  const tables = [success, ...alternatives].map((reply) =>
    'schema' in reply
      ? fieldTable(
          `${reply.status}${reply.kind === 'eventStream' ? ', data of each event' : ''}`,
          reply.schema,
          'output',
        )
      : markup`<p>${reply.status}${reply.kind === 'content' && `, ${reply.contentType}`}</p>`,
  )
  const declared = errors.map(
    ({ status, code, title }) =>
      markup`<tr><th scope="row">${status} <code>${code}</code></th><td>${title}</td></tr>`,
  )
  const standard = standardErrors(endpoint).map(
    ({ status, code }) => markup`<tr><th scope="row">${status} <code>${code}</code></th><td></td></tr>`,
  )
  return markup`<details><summary>Answers</summary>${tables}<table><caption>Errors</caption>${declared}${standard}</table></details>`
}
