import type { Action } from '../run/command.ts'
import type { SchemaName } from '../schemas/schema-names.ts'
import { schemas } from '../schemas/schema-list.ts'

export const action: Action<{ readonly of: SchemaName }> = async (_invocation, { of }) => {
  const schema = schemas[of]
  return { data: schema, text: JSON.stringify(schema, null, 2) }
}
