import { CliError } from './cli-error.ts'

/**
 * Anything thrown as an error of the contract. The stack has its own copy of the core, so its errors are known by shape and not by class.
 */
export function toCliError(error: unknown): CliError {
  if (error instanceof CliError) return error
  if (!(error instanceof Error)) return unexpected(String(error), error)
  return (
    refusedStart(error) ??
    domainError(error) ??
    wrongForm(error) ??
    serviceError(error) ??
    unreachable(error) ??
    named(error)
  )
}

interface Problem {
  readonly subject: string
  readonly what: string
}

function refusedStart(error: Error): CliError | undefined {
  const { problems } = error as { readonly problems?: readonly Problem[] }
  if (!Array.isArray(problems)) return undefined
  return new CliError('invalid', {
    code: 'settings/refused',
    message: error.message,
    fix: 'Correct the settings that the report names.',
    next: 'corbel doctor',
    missing: problems.filter(({ what }) => what === 'is missing').map(({ subject }) => subject),
    cause: error,
  })
}

function domainError(error: Error): CliError | undefined {
  const { code, fix, status } = error as { readonly [key in 'code' | 'fix' | 'status']?: unknown }
  if (typeof code !== 'string' || !code.includes('/') || typeof status !== 'number') return undefined
  const ending =
    status === 503
      ? 'unavailable'
      : status === 409 || status === 412
        ? 'conflict'
        : status === 403
          ? 'denied'
          : 'invalid'
  return new CliError(ending, {
    code,
    message: error.message,
    fix: typeof fix === 'string' ? fix : 'Look the code up in docs/reference/errors.md.',
    cause: error,
  })
}

interface Issue {
  readonly path: readonly PropertyKey[]
  readonly message: string
}

/** What the schema of an endpoint says of the values that it was handed; it repeats none of them. */
function wrongForm(error: Error): CliError | undefined {
  const { issues } = error as { readonly issues?: readonly Issue[] }
  if (!error.name.endsWith('ZodError') || !Array.isArray(issues)) return undefined
  return new CliError('usage', {
    code: 'cli/wrong-form',
    message: 'A value has the wrong form; nothing was begun.',
    why: issues
      .map(({ path, message }: Issue) => [path.map(String).join('.'), message].join(': '))
      .join('; '),
    fix: 'Correct the values that are named.',
    cause: error,
  })
}

interface ServiceFacts {
  readonly service?: unknown
  readonly failure?: unknown
  readonly retryAfter?: number
}

/** What an adapter says of a service behind it. */
function serviceError(error: Error): CliError | undefined {
  const { service, failure, retryAfter } = error as ServiceFacts
  if (typeof service !== 'string' || typeof failure !== 'string') return undefined
  const said = (ending: 'denied' | 'unavailable' | 'failed', code: string, fix: string): CliError =>
    new CliError(ending, { code, message: error.message, fix, cause: error })
  switch (failure) {
    case 'denied':
      return said(
        'denied',
        'service/denied',
        `Check the credential for ${service}, and that its policy covers what is named.`,
      )
    case 'throttled':
      return said(
        'unavailable',
        'service/throttled',
        `Run it again after ${retryAfter === undefined ? 'a minute' : `${retryAfter} s`}; what was done stays done.`,
      )
    case 'unreachable':
      return said(
        'unavailable',
        'service/unavailable',
        `Check that ${service} runs and can serve, and that the settings name its address.`,
      )
    default:
      return said(
        'failed',
        'service/refused',
        `Look into ${service} for what is named, and at the settings that name it.`,
      )
  }
}

function unreachable(error: Error): CliError | undefined {
  const code = systemCode(error)
  if (code === undefined) return undefined
  const denied = /^(?:28|EACCES|EPERM|WRONGPASS|NOAUTH|NOPERM)/.test(code)
  return new CliError(denied ? 'denied' : 'unavailable', {
    code: denied ? 'service/denied' : 'service/unavailable',
    message: denied ? `Access was refused (${code}).` : `A service did not answer (${code}).`,
    fix: denied
      ? 'Check the credentials and rights that the settings name.'
      : 'Check that the service runs and that the settings name its address.',
    next: 'corbel doctor',
    cause: error,
  })
}

/** Codes of the system, and SQLSTATEs: 08 connection, 28 authorization, 3D no such database, 57P the server goes away. */
function systemCode(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code = refusalOfRedis(cause) } = cause as { readonly code?: unknown }
    if (
      typeof code === 'string' &&
      /^(?:E(?:CONN|HOST|NET|TIMED|PIPE|AI_|ACCES|PERM|NOTFOUND)\w*|ETIMEDOUT|WRONGPASS|NOAUTH|NOPERM|(?:08|28|3D|57P)\w+)$/.test(
        code,
      )
    )
      return code
    if (cause instanceof AggregateError) return systemCode(cause.errors[0])
  }
  return undefined
}

/** Redis says it with the first word of what it answers. */
const refusalOfRedis = ({ message }: Error): string | undefined =>
  /^(?:WRONGPASS|NOAUTH|NOPERM)\b/.exec(message)?.[0]

/** Errors that a host or an adapter wrote for whoever runs it carry a name of their own. */
function named(error: Error): CliError {
  if (error.name === 'MigrationError')
    return new CliError('conflict', {
      code: 'database/migration',
      message: error.message,
      fix: 'Nothing was changed. Do what the message says, then run it again.',
      next: 'corbel db status',
      cause: error,
    })
  if (error.name === 'HostError')
    return new CliError('failed', {
      code: 'host/refused',
      message: error.message,
      fix: 'Do what the message says, then run it again.',
      cause: error,
    })
  return unexpected(error.message, error)
}

const unexpected = (message: string, cause: unknown): CliError =>
  new CliError('failed', {
    code: 'cli/unexpected',
    message: `Something unexpected went wrong: ${message}`,
    fix: 'This is a bug of the program or of the configuration. CORBEL_DEBUG=1 shows where it happened.',
    cause,
  })
