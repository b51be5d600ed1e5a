import { randomBytes } from 'node:crypto'
import { AuthErrors, type UserService } from '@corbel/auth'
import { DomainError } from '@corbel/core'

export interface FirstOperator {
  readonly email: string
  /** Known only here: the database has its hash. */
  readonly password: string
}

const email = 'operator@corbel.localhost'

// 144 bits in 24 characters.
const passwordBytes = 18

/** Creates an operator when the platform has none. Null when there is one, or another process has just created it. */
export async function createFirstOperator(users: UserService): Promise<FirstOperator | null> {
  if (await users.hasOperator()) return null
  const password = randomBytes(passwordBytes).toString('base64url')
  try {
    await users.createOperator({ email, password })
  } catch (error) {
    if (error instanceof DomainError && error.code === AuthErrors.emailTaken.code) return null
    throw error
  }
  return { email, password }
}
