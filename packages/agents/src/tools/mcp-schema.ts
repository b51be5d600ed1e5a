/** A schema of what a tool is called with, in the form that models take. */
export type JsonObjectSchema = Readonly<Record<string, unknown>> & { readonly type: 'object' }

const longest = 16_384
const deepest = 12

/**
 * The schema, when it can be shown to a model: an object, of a size that leaves room for a conversation, that names nothing to be
 * fetched. Else null.
 */
export function checkedSchema(schema: unknown): JsonObjectSchema | null {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return null
  if (!('type' in schema) || schema.type !== 'object' || !isBounded(schema, deepest)) return null
  if (JSON.stringify(schema).length > longest) return null
  const { properties = {}, required = [] } = schema as Readonly<Record<string, unknown>>
  if (typeof properties !== 'object' || properties === null || Array.isArray(properties)) return null
  return { ...schema, type: 'object', properties, required: Array.isArray(required) ? required : [] }
}

function isBounded(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (depth === 0) return false
  return Object.entries(value).every(
    ([key, each]) =>
      (key !== '$ref' || (typeof each === 'string' && each.startsWith('#'))) && isBounded(each, depth - 1),
  )
}
