/** The candidate that a misspelt name most likely meant; undefined when none is near. */
export function nearest<T extends string>(name: string, candidates: Iterable<T>): T | undefined {
  const allowed = Math.max(1, Math.min(3, Math.floor(name.length / 4)))
  let best: { readonly candidate: T; readonly distance: number } | undefined
  for (const candidate of candidates) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase())
    if (distance <= allowed && distance < (best?.distance ?? Infinity)) best = { candidate, distance }
  }
  return best?.candidate
}

/** Levenshtein distance: insertions, deletions and replacements. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}

const own = 'CORBEL_'
// Addresses of the services that the project's own tests use.
const ofTests = 'CORBEL_TEST_'

/** Warnings about names that look like settings but that nobody declares. */
export function unknownNames(present: readonly string[], declared: ReadonlySet<string>): readonly string[] {
  return present
    .filter((name) => name.startsWith(own) && !name.startsWith(ofTests) && !declared.has(name))
    .toSorted()
    .map((name) => {
      const meant = nearest(name, declared)
      return `${name} is not a setting, so it has no effect.${meant === undefined ? '' : ` Did you mean ${meant}?`}`
    })
}
