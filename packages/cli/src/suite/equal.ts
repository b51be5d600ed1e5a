type Fields = Readonly<Record<PropertyKey, unknown>>

/**
 * Whether two values are the same to a suite: fields that are undefined count as absent.
 *
 * @param partial - The actual value may have more fields, at any depth.
 */
export function equal(actual: unknown, expected: unknown, partial = false): boolean {
  if (Object.is(actual, expected)) return true
  if (!isObject(actual) || !isObject(expected)) return false
  if (Array.isArray(actual) || Array.isArray(expected)) return sameLists(actual, expected, partial)
  if (actual instanceof Date || expected instanceof Date)
    return actual instanceof Date && expected instanceof Date && Number(actual) === Number(expected)
  if (ArrayBuffer.isView(actual) || ArrayBuffer.isView(expected))
    return ArrayBuffer.isView(actual) && ArrayBuffer.isView(expected) && sameBytes(actual, expected)
  if (actual instanceof Map && expected instanceof Map) return equal([...actual], [...expected], partial)
  if (actual instanceof Set && expected instanceof Set) return equal([...actual], [...expected], partial)
  return sameFields(actual, expected, partial)
}

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null

function sameLists(actual: unknown, expected: unknown, partial: boolean): boolean {
  if (!Array.isArray(actual) || !Array.isArray(expected) || actual.length !== expected.length) return false
  return expected.every((item, index) => equal(actual[index], item, partial))
}

function sameBytes(a: ArrayBufferView, b: ArrayBufferView): boolean {
  const bytes = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
    Buffer.from(buffer, byteOffset, byteLength)
  return bytes(a).equals(bytes(b))
}

function sameFields(actual: Fields, expected: Fields, partial: boolean): boolean {
  // What an error says is not among its own enumerable fields.
  if (expected instanceof Error && (!(actual instanceof Error) || actual.message !== expected.message))
    return false
  const names = new Set([...Object.keys(expected), ...(partial ? [] : Object.keys(actual))])
  return [...names].every((name) => equal(actual[name], expected[name], partial))
}
