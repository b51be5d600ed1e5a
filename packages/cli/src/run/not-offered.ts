import { CliError } from './cli-error.ts'

/** The configuration leaves out what the command works on. */
export const notOffered = (path: string, part: string): CliError =>
  new CliError('usage', {
    code: 'config/not-offered',
    message: `${path} has no "${part}".`,
    why: 'This command works on it.',
    fix: `Add "${part}" to defineConfig({ … }); its type says what it must do.`,
  })
