import { closeSync, existsSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs'
import { deserialize, serialize } from 'node:v8'

/** A file of entries, one a line, in the order in which they were written. An entry is there as a whole or not at all. */
export class Journal<Entry> {
  readonly #file: number

  private constructor(file: number) {
    this.#file = file
  }

  /** Opens or creates the file and hands over what is in it. A last line that a crash cut off is dropped: nobody was told of it. */
  static open<Entry>(path: string, replay: (entry: Entry) => void): Journal<Entry> {
    if (existsSync(path)) {
      const text = readFileSync(path, 'latin1')
      const whole = text.lastIndexOf('\n') + 1
      if (whole < text.length) truncateSync(path, whole)
      for (const line of text.slice(0, whole).split('\n').filter(Boolean)) {
        replay(deserialize(Buffer.from(line, 'base64')) as Entry)
      }
    }
    return new Journal(openSync(path, 'a', 0o600))
  }

  /** Returns when the entry is on the disk. */
  append(entry: Entry): void {
    writeSync(this.#file, `${serialize(entry).toString('base64')}\n`)
    fsyncSync(this.#file)
  }

  close(): void {
    closeSync(this.#file)
  }
}
