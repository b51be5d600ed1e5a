/** What came back from elsewhere can hold anything; Postgres refuses NUL (SQLSTATE 22021). */
export const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '\uFFFD')

/** The same for everything in a JSON value, keys included: jsonb refuses NUL and lone surrogates (SQLSTATE 22P05, 22P02). */
export const storableJson = (value: unknown): unknown => {
  const text = JSON.stringify(value)
  return /\\u(?:0000|d[89a-f])/i.test(text) ? cleaned(JSON.parse(text)) : value
}

function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return storable(value)
  if (Array.isArray(value)) return value.map(cleaned)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [storable(key), cleaned(item)]))
}
