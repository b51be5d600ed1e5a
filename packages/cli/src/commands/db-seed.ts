import { CliError } from '../run/cli-error.ts'
import type { Action } from '../run/command.ts'
import { notOffered } from '../run/not-offered.ts'

export const action: Action = async ({ config, settings }) => {
  const { config: declared, path } = await config()
  if (!declared.openStack) throw notOffered(path, 'openStack')
  const source = await settings()
  const profile = source.get('CORBEL_PROFILE') ?? 'local'
  if (profile === 'production')
    throw new CliError('conflict', {
      code: 'db/no-seed-in-production',
      message: 'Production is not seeded.',
      fix: 'Leave it: what production holds comes from its users.',
    })
  const stack = await declared.openStack(source)
  try {
    if (!stack.seed) throw notOffered(path, 'seed')
    const added = await stack.seed()
    return {
      data: { added },
      text:
        added.length === 0
          ? 'Everything is there already.'
          : added.map((what) => `added: ${what}`).join('\n'),
    }
  } finally {
    await stack.close()
  }
}
