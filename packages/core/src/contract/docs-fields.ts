import * as z from 'zod'
import { markup, type Html } from './html.ts'

interface JsonSchema {
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly default?: unknown
  readonly description?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
}

/** A table of an object's fields; other schemas get one row. */
export function fieldTable(caption: string, schema: z.ZodType, io: 'input' | 'output'): Html {
  const json = toJsonSchema(schema, io)
  const rows = Object.entries(json.properties ?? {})
  return markup`<table><caption>${caption}</caption>${
    rows.length === 0
      ? markup`<tr><td>${typeOf(json)}</td></tr>`
      : rows.map(([name, field]) =>
          row(name, field, io === 'output' || json.required?.includes(name) === true),
        )
  }</table>`
}

function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  return z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema._zod.def.type === 'date')
        Object.assign(jsonSchema, { type: 'string', format: 'date-time' })
    },
  }) as JsonSchema
}

const row = (name: string, field: JsonSchema, isRequired: boolean): Html =>
  markup`<tr><th scope="row"><code>${name}</code></th><td>${typeOf(field)}${!isRequired && ', optional'}${
    field.default !== undefined && markup`, default <code>${JSON.stringify(field.default)}</code>`
  }${field.description !== undefined && markup`<br>${field.description}`}</td></tr>`

function typeOf(schema: JsonSchema): string {
  const variants = schema.anyOf ?? schema.oneOf
  if (variants) return [...new Set(variants.map(typeOf))].join(' or ')
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(', ')
  if (schema.items) return `list of ${typeOf(schema.items)}`
  const type = typeof schema.type === 'string' ? schema.type : (schema.type?.join(' or ') ?? 'any JSON')
  return [type, schema.format && `(${schema.format})`, limits(schema)].filter(Boolean).join(' ')
}

function limits({ minLength, maxLength, minimum, maximum }: JsonSchema): string {
  const range = (low: number | undefined, high: number | undefined, unit: string): string => {
    const isBounded = high !== undefined && high < Number.MAX_SAFE_INTEGER
    if (low !== undefined && low > Number.MIN_SAFE_INTEGER && isBounded) return `${low}-${high}${unit}`
    return isBounded ? `at most ${high}${unit}` : ''
  }
  return range(minLength, maxLength, ' characters') || range(minimum, maximum, '')
}
