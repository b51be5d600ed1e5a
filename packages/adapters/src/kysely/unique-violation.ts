/** SQLSTATE class 23: unique_violation. */
const uniqueViolation = '23505'

/** Turns the database's refusal of a duplicate into the port's error. Any other failure passes unchanged. */
export async function onUniqueViolation<T>(
  constraint: string,
  work: Promise<T>,
  error: () => Error,
): Promise<T> {
  try {
    return await work
  } catch (cause) {
    const { code, constraint: violated } = cause as { readonly code?: unknown; readonly constraint?: unknown }
    throw code === uniqueViolation && violated === constraint ? error() : cause
  }
}
