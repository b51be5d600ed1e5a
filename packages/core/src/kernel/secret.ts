const shown = '[secret]'

/** Carries a value that must not appear in a log, an error or a JSON document. Only `reveal` gives it back. */
export class Secret<T = string> {
  readonly #value: T

  constructor(value: T) {
    this.#value = value
  }

  reveal(): T {
    return this.#value
  }

  toString(): string {
    return shown
  }

  toJSON(): string {
    return shown
  }

  [Symbol.toPrimitive](): string {
    return shown
  }

  /** `node:util`'s inspect and `console.log` ask for this method. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return shown
  }
}
