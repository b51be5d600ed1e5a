/** What came back from elsewhere can hold anything; Postgres refuses NUL (SQLSTATE 22021). */
export const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '\uFFFD')

/** A value as JSON, the same done to everything in it, keys included: jsonb refuses NUL and lone surrogates (SQLSTATE 22P05, 22P02). */
export function storableJson(value: unknown): string {
  const text = JSON.stringify(value)
  return /\\u(?:0000|d[89a-f])/i.test(text) ? JSON.stringify(cleaned(JSON.parse(text))) : text
}

function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return storable(value)
  if (Array.isArray(value)) return value.map(cleaned)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [storable(key), cleaned(item)]))
}
