import type { Endpoint } from '@corbel/core'
import * as z from 'zod'

interface JsonSchema {
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly JsonSchema[]
  readonly format?: string
  readonly pattern?: string
  readonly minimum?: number
  readonly minLength?: number
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly items?: JsonSchema
}

type Fill = (schema: JsonSchema) => string

function sample(schema: JsonSchema, fill: Fill): unknown {
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  if (schema.anyOf) return sample(schema.anyOf[0] ?? {}, fill)
  const type = typeof schema.type === 'string' ? schema.type : schema.type?.[0]
  switch (type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, inner]) => [name, sample(inner, fill)]),
      )
    case 'array':
      return [sample(schema.items ?? {}, fill)]
    case 'integer':
    case 'number':
      return schema.minimum ?? 1
    case 'boolean':
      return true
    case 'null':
      return null
    default:
      return fill(schema)
  }
}

const text: Fill = ({ format, minLength = 0 }) =>
  format === 'email'
    ? 'taken@example.com'
    : format === 'uri'
      ? 'https://example.com'
      : 'Taken'.padEnd(minLength, '!')

/**
 * Bodies that an endpoint's contract describes: one of ordinary values, and for each foreign text one that has it wherever the contract
 * takes a text. A contract that asks for an id of some form gets those of that form.
 */
export function bodiesOf(
  { body }: Endpoint,
  foreign: readonly string[],
): readonly Readonly<Record<string, unknown>>[] {
  if (body?.kind !== 'json') return []
  const schema = z.toJSONSchema(body.schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema
  const bodies = [
    text,
    ...foreign.map(
      (id): Fill =>
        (inner) =>
          inner.pattern === undefined || new RegExp(inner.pattern, 'u').test(id) ? id : text(inner),
    ),
  ].map((fill) => sample(schema, fill))
  return bodies.filter((made): made is Record<string, unknown> => typeof made === 'object' && made !== null)
}
