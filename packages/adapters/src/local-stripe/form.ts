import { refused } from './api-error.ts'

export type FormValue = string | Form | FormValue[]
export interface Form {
  [name: string]: FormValue
}

/** Reads `a[b][0][c]=d`, as Stripe's clients write parameters into bodies and queries. */
export function parseForm(text: string): Form {
  const form: Form = {}
  for (const [name, value] of new URLSearchParams(text)) {
    const match = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(name)
    if (match === null) throw refused(`Invalid parameter name: ${name}`, name)
    const path = [
      match[1] ?? '',
      ...[...(match[2] ?? '').matchAll(/\[([^\]]*)\]/g)].map(([, part]) => part ?? ''),
    ]
    if (path.includes('__proto__')) throw refused(`Invalid parameter name: ${name}`, name)
    insert(form, path, value, name)
  }
  return withArrays(form) as Form
}

function insert(form: Form, path: readonly string[], value: string, name: string): void {
  let at = form
  for (const [depth, part] of path.entries()) {
    const key = part === '' ? String(Object.keys(at).length) : part
    if (depth === path.length - 1) {
      at[key] = value
      return
    }
    const next = (at[key] ??= {})
    if (typeof next === 'string' || Array.isArray(next)) throw refused(`Invalid parameter: ${name}`, name)
    at = next
  }
}

/** Objects whose names count from 0 are lists. */
function withArrays(value: FormValue): FormValue {
  if (typeof value === 'string' || Array.isArray(value)) return value
  const entries = Object.entries(value).map(([key, inner]) => [key, withArrays(inner)] as const)
  return entries.length > 0 && entries.every(([key], index) => key === String(index))
    ? entries.map(([, inner]) => inner)
    : Object.fromEntries(entries)
}

/** Parameters of one request, read as the type that the reader asks for. */
export class Params {
  readonly form: Form
  readonly #prefix: string

  constructor(form: Form, prefix = '') {
    this.form = form
    this.#prefix = prefix
  }

  has(name: string): boolean {
    return this.form[name] !== undefined
  }

  text(name: string): string | undefined {
    const value = this.form[name]
    if (value !== undefined && typeof value !== 'string') throw this.#invalid(name)
    return value
  }

  required(name: string): string {
    const value = this.text(name)
    if (value === undefined || value === '')
      throw refused(
        `Missing required param: ${this.#prefix}${name}.`,
        this.#prefix + name,
        'parameter_missing',
      )
    return value
  }

  int(name: string): number | undefined {
    const value = this.text(name)
    if (value === undefined || value === '') return undefined
    if (!/^-?\d{1,15}$/.test(value)) throw this.#invalid(name)
    return Number(value)
  }

  flag(name: string): boolean | undefined {
    const value = this.text(name)
    return value === undefined ? undefined : value === 'true'
  }

  inner(name: string): Params {
    const value = this.form[name]
    return new Params(isForm(value) ? value : {}, `${this.#prefix}${name}.`)
  }

  list(name: string): Params[] {
    const value = this.form[name]
    if (value === undefined || value === '') return []
    if (!Array.isArray(value)) throw this.#invalid(name)
    return value.map(
      (each, index) => new Params(isForm(each) ? each : {}, `${this.#prefix}${name}.${index}.`),
    )
  }

  texts(name: string): string[] {
    const value = this.form[name]
    return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
  }

  /** What is there, changed by `metadata`: an empty value takes a key away. */
  metadata(before: Readonly<Record<string, string>> = {}): Record<string, string> {
    const change = this.form['metadata']
    if (change === '') return {}
    const after = { ...before }
    for (const [key, value] of Object.entries(isForm(change) ? change : {})) {
      if (value === '') delete after[key]
      else if (typeof value === 'string') after[key] = value
    }
    return after
  }

  #invalid(name: string) {
    return refused(`Invalid ${this.#prefix}${name}`, this.#prefix + name)
  }
}

const isForm = (value: FormValue | undefined): value is Form =>
  typeof value === 'object' && !Array.isArray(value)
