import { CliError } from '../run/cli-error.ts'
import type { Action } from '../run/command.ts'
import { withStack } from './with-stack.ts'

export type UserSeedFlags = { readonly tenant: string; readonly name?: string }

/** Nobody could sign in without a reader of the password, so it prints. */
export const action: Action<UserSeedFlags, [string]> = async (invocation, { tenant, name }, email) => {
  const profile = (await invocation.settings()).get('CORBEL_PROFILE') ?? 'local'
  if (profile === 'production') throw refused()
  return withStack(invocation, 'users', async (users) => {
    const seeded = await users.seed({
      email,
      tenantName: tenant,
      ...(name !== undefined && { displayName: name }),
    })
    if (seeded === null) return { data: { email, created: false }, text: `${email} is there already.` }
    return {
      data: { ...seeded, created: true },
      text: `e-mail    ${seeded.email}\npassword  ${seeded.password}\ntenant    ${seeded.tenantId}`,
      warnings: ['The password is shown this once; only its hash is kept.'],
    }
  })
}

const refused = (): CliError =>
  new CliError('conflict', {
    code: 'users/not-in-production',
    message: 'People are not seeded in production.',
    why: 'Nobody has proved that the address is theirs, and nobody has accepted the terms.',
    fix: 'Have them sign up, or invite them.',
  })
