import { randomBytes } from 'node:crypto'
import { AuthErrors, type UserService } from '@corbel/auth'
import { DomainError } from '@corbel/core'

export interface FirstOperator {
  readonly email: string
  /** Known only here: the database has its hash. */
  readonly password: string
}

const localEmail = 'operator@corbel.localhost'

// 144 bits in 24 characters.
const passwordBytes = 18

/** Creates an operator with a password that nobody chose. */
export async function createOperator(users: UserService, email: string): Promise<FirstOperator> {
  const password = randomBytes(passwordBytes).toString('base64url')
  const { user } = await users.createOperator({ email, password })
  return { email: user.email, password }
}

/** Creates an operator when the platform has none. Null when there is one, or another process has just created it. */
export async function createFirstOperator(users: UserService): Promise<FirstOperator | null> {
  if (await users.hasOperator()) return null
  try {
    return await createOperator(users, localEmail)
  } catch (error) {
    if (error instanceof DomainError && error.code === AuthErrors.emailTaken.code) return null
    throw error
  }
}
