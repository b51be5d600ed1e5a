import { relative } from 'node:path'
import type { Reporter, TestModule, Vitest } from 'vitest/node'
import { readReference, standards } from './requirements.ts'

export interface SeenTest {
  readonly file: string
  readonly name: string
  readonly state: 'passed' | 'failed' | 'skipped' | 'pending'
}

/**
 * What keeps the table of requirements from being true after a run, by id. Files that did not run say nothing; of those that did,
 * every test that is named must be there and have passed.
 */
export function unprovenRequirements(seen: readonly SeenTest[]): readonly string[] {
  const byFile = Map.groupBy(seen, ({ file }) => file)
  return Object.entries(standards).flatMap(([standard, requirements]) =>
    Object.entries(requirements).flatMap(([id, requirement]) => {
      if (!('tests' in requirement)) return []
      return requirement.tests.flatMap((reference) => {
        const { file, text } = readReference(reference)
        const tests = byFile.get(file)
        if (!tests) return []
        const named = tests.filter(({ name }) => name.includes(text))
        const failed = named.some(({ state }) => state === 'failed')
        const passed = named.some(({ state }) => state === 'passed')
        if (passed && !failed) return []
        return [`${standard} ${id}: ${passed || failed ? 'failed' : 'there is no passed test'}: ${reference}`]
      })
    }),
  )
}

/** Fails a run in which a requirement lost its test. */
export default class RequirementsReporter implements Reporter {
  #vitest: Vitest | undefined

  onInit(vitest: Vitest): void {
    this.#vitest = vitest
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const { testNamePattern, root = '.' } = this.#vitest?.config ?? {}
    // Whoever runs some tests of a file asks for no more.
    if (testNamePattern) return
    const seen = modules.flatMap((module) =>
      [...module.children.allTests()].map((test) => ({
        file: relative(root, module.moduleId),
        name: test.fullName,
        state: test.result().state,
      })),
    )
    const unproven = unprovenRequirements(seen)
    if (unproven.length === 0) return
    process.on('exit', () => {
      console.error(`\nrequirements without a passed test:\n${unproven.join('\n')}`)
      process.exitCode = 1
    })
  }
}
