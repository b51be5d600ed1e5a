/** SQLSTATE class 23: integrity constraint violations. */
const uniqueViolation = '23505'
const foreignKeyViolation = '23503'

function isViolation(error: unknown, state: string, constraint: string): boolean {
  const { code, constraint: violated } = error as { readonly code?: unknown; readonly constraint?: unknown }
  return code === state && violated === constraint
}

/** Whether the database refused a duplicate for the sake of this constraint or unique index. */
export const isUniqueViolation = (error: unknown, constraint: string): boolean =>
  isViolation(error, uniqueViolation, constraint)

/** Whether the database refused what refers to a row that is not there, for the sake of this constraint. */
export const isForeignKeyViolation = (error: unknown, constraint: string): boolean =>
  isViolation(error, foreignKeyViolation, constraint)

/** Turns the database's refusal of a duplicate into the port's error. Any other failure passes unchanged. */
export const onUniqueViolation = <T>(constraint: string, work: Promise<T>, error: () => Error): Promise<T> =>
  onViolation(uniqueViolation, constraint, work, error)

/** The same for what refers to a row that is not there, and for the removal of one that others refer to. */
export const onForeignKeyViolation = <T>(
  constraint: string,
  work: Promise<T>,
  error: () => Error,
): Promise<T> => onViolation(foreignKeyViolation, constraint, work, error)

async function onViolation<T>(
  state: string,
  constraint: string,
  work: Promise<T>,
  error: () => Error,
): Promise<T> {
  try {
    return await work
  } catch (cause) {
    throw isViolation(cause, state, constraint) ? error() : cause
  }
}
