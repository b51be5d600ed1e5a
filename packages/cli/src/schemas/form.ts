/** The little of JSON Schema that documents of the program need. */
export type Form = { readonly [key: string]: unknown }

export const text: Form = { type: 'string' }
export const truth: Form = { type: 'boolean' }
export const count: Form = { type: 'integer', minimum: 0 }
export const digest: Form = { type: 'string', pattern: '^(?:sha256:)?[0-9a-f]{64}$' }
export const listOf = (items: Form): Form => ({ type: 'array', items })
export const orNull = (form: Form): Form => ({ anyOf: [form, { type: 'null' }] })

/** With these properties, all of them, and no other. */
export const record = (properties: Readonly<Record<string, Form>>): Form => ({
  type: 'object',
  required: Object.keys(properties),
  properties,
  additionalProperties: false,
})

/** A whole document, which says in `schema` what it is. */
export const documentOf = (
  name: string,
  description: string,
  properties: Readonly<Record<string, Form>>,
): Form => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: name,
  description,
  ...record({ schema: { const: name }, ...properties }),
})
