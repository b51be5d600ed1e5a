import type { Id } from '../kernel/id.ts'
import type { Origin } from '../kernel/origin.ts'

/** What a module does with what it keeps about a person (GDPR articles 15, 17 and 20). */
export interface PersonalDataContributor {
  /** Everything that it keeps about them, as JSON, without secrets; null for nothing. Large contents as references. */
  export(userId: Id<'usr'>): Promise<unknown>
  /**
   * Forgets them, in the transaction of the caller: all of the modules forget, or none. May refuse by a DomainError that says what has
   * to be done first. Doing so twice changes nothing.
   */
  erase(userId: Id<'usr'>, origin: Origin): Promise<void>
}

/** The same for the whole stack. */
export interface PersonalData {
  /** By the name of the module. */
  export(userId: Id<'usr'>): Promise<Readonly<Record<string, unknown>>>
  /** To be called in a transaction; modules that build on others forget first. */
  erase(userId: Id<'usr'>, origin: Origin): Promise<void>
}

interface Holder {
  readonly name: string
  readonly personalData?: (services: never) => PersonalDataContributor
}

/** Asks each module that keeps something about people. */
export function personalDataOf(
  modules: readonly Holder[],
  services: Readonly<Record<string, unknown>>,
): PersonalData {
  const contributors = () =>
    modules.flatMap(({ name, personalData }) =>
      personalData ? [{ name, contributor: personalData(services[name] as never) }] : [],
    )
  return {
    async export(userId) {
      const parts = contributors().map(async ({ name, contributor }) => [
        name,
        await contributor.export(userId),
      ])
      return Object.fromEntries(await Promise.all(parts)) as Record<string, unknown>
    },
    async erase(userId, origin) {
      for (const { contributor } of contributors().toReversed()) await contributor.erase(userId, origin)
    },
  }
}
