import { CliError } from '../run/cli-error.ts'
import type { Action } from '../run/command.ts'
import { notOffered } from '../run/not-offered.ts'

export const action: Action = async ({ config, settings }) => {
  const { config: stack, path } = await config()
  if (!stack.redis) throw notOffered(path, 'redis')
  const redis = await stack.redis.open(await settings())
  if (redis === null)
    throw new CliError('invalid', {
      code: 'redis/not-set',
      message: `${stack.redis.setting} is not set, so there is no Redis to check.`,
      fix: `Set ${stack.redis.setting}.`,
      missing: [stack.redis.setting],
    })
  try {
    const report = await redis.inspect()
    return {
      data: report,
      text: `Redis ${report.version} answers. TLS: ${yes(report.tls)}. Password: ${yes(report.authenticated)}. When its memory is full: ${report.evictionPolicy}.`,
      warnings: report.evictionPolicy.startsWith('allkeys')
        ? [
            `The policy ${report.evictionPolicy} may throw away streams and locks. Set maxmemory-policy to noeviction or volatile-ttl.`,
          ]
        : [],
    }
  } finally {
    await redis.close()
  }
}

const yes = (is: boolean): string => (is ? 'yes' : 'no')
