import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { CorbelConfig } from '../config.ts'
import type { LoadedConfig } from './cli-context.ts'
import { CliError } from './cli-error.ts'

const names = ['corbel.config.ts', 'corbel.config.mts', 'corbel.config.js', 'corbel.config.mjs']

/** @throws CliError when there is no such file, or it does not load. */
export async function loadConfig(cwd: string, given: string | undefined): Promise<LoadedConfig> {
  const path =
    given === undefined ? names.map((name) => join(cwd, name)).find(existsSync) : resolve(cwd, given)
  if (path === undefined || !existsSync(path)) {
    throw new CliError('usage', {
      code: 'config/not-found',
      message: path === undefined ? `There is no ${names[0]} in ${cwd}.` : `${path} does not exist.`,
      why: 'It names the stack whose catalogues this command reads.',
      fix: 'Run the command where that file is, or name it with --config.',
    })
  }
  return { path, config: configOf(path, await load(path)) }
}

async function load(path: string): Promise<{ readonly default?: unknown }> {
  try {
    return (await import(pathToFileURL(path).href)) as { readonly default?: unknown }
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    throw new CliError('invalid', {
      code: 'config/not-loaded',
      message: `${path} does not load: ${message}`,
      fix:
        code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX'
          ? 'Node strips types and compiles nothing: leave enums, namespaces and parameter properties out of what it imports.'
          : 'Install what it imports, and correct what the message names.',
      cause,
    })
  }
}

function configOf(path: string, module: { readonly default?: unknown }): CorbelConfig {
  const config = module.default as Partial<CorbelConfig> | undefined
  if (typeof config?.describe === 'function') return config as CorbelConfig
  throw new CliError('invalid', {
    code: 'config/no-stack',
    message: `${path} exports no configuration.`,
    fix: 'Write: export default defineConfig({ describe, … }), with defineConfig from "corbel".',
  })
}
