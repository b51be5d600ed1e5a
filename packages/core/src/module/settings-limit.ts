import type { DeclaredLimit } from '../contract/contract.ts'

/**
 * Applies the settings that replace declared limits.
 *
 * @param byEnv - Loaded values by environment name.
 * @returns What a declared limit is: 0 when a setting turned it off.
 * @throws TypeError from the resolver when a limit names a setting that no catalogue declares as a number.
 */
export const limitResolver =
  (byEnv: ReadonlyMap<string, unknown>) =>
  ({ name, limit, setting }: DeclaredLimit): number => {
    const chosen = setting === undefined ? limit : byEnv.get(setting)
    if (typeof chosen !== 'number') {
      throw new TypeError(
        `The limit "${name}" reads ${setting}, which is not a loaded number. Declare it with integer() and a default.`,
      )
    }
    return chosen
  }
