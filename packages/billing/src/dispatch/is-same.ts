/** Equal as JSON. Key order does not matter: what comes back from a database may have another. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const [left, right] = [present(a), present(b)]
  return left.length === right.length && left.every(([key, value]) => isSame(value, (b as Json)[key]))
}

type Json = Readonly<Record<string, unknown>>

/** JSON has no `undefined`. */
const present = (value: object) => Object.entries(value).filter(([, item]) => item !== undefined)
