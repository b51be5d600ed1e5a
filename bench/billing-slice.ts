import type { Recording } from './billing-recording.ts'

const id = /_([0-9a-f]{16})([0-9a-f]{8})\b/g

/**
 * A recording lived through by other customers: the same bytes with other ids, but for those that customers share. No copy has an id
 * of another one.
 */
export class RecordingCopies {
  readonly #shared: ReadonlySet<string>
  readonly #objects: ReadonlyMap<string, string>
  readonly recording: Recording

  constructor(recording: Recording) {
    this.recording = recording
    this.#shared = new Set(recording.shared.map((shared) => shared.replace(/^[a-z]+_/, '')))
    this.#objects = new Map(
      Object.entries(recording.objects).map(([name, object]) => [stemOf(name), JSON.stringify(object)]),
    )
  }

  /** A text of the recording as the copy has it. */
  of(copy: number, text: string): string {
    const tail = copy.toString(16).padStart(8, '0')
    return text.replace(id, (whole, stem: string, old: string) =>
      this.#shared.has(stem + old) ? whole : `_${stem}${tail}`,
    )
  }

  /** What the account of any copy answers to the question for an object; null when it has none. */
  answer(name: string): string | null {
    const object = this.#objects.get(stemOf(name))
    return object === undefined ? null : this.of(Number.parseInt(name.slice(-8), 16), object)
  }
}

const stemOf = (name: string): string => name.slice(0, -8)
