/** SQLSTATE class 23: unique_violation. */
const uniqueViolation = '23505'

/** Whether the database refused a duplicate for the sake of this constraint or unique index. */
export function isUniqueViolation(error: unknown, constraint: string): boolean {
  const { code, constraint: violated } = error as { readonly code?: unknown; readonly constraint?: unknown }
  return code === uniqueViolation && violated === constraint
}

/** Turns the database's refusal of a duplicate into the port's error. Any other failure passes unchanged. */
export async function onUniqueViolation<T>(
  constraint: string,
  work: Promise<T>,
  error: () => Error,
): Promise<T> {
  try {
    return await work
  } catch (cause) {
    throw isUniqueViolation(cause, constraint) ? error() : cause
  }
}
