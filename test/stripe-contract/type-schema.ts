import ts from 'typescript-6'

/** JSON Schema as ajv takes it. */
export interface Schema {
  [keyword: string]: unknown
}

/** Writes JSON Schemas of TypeScript types; named types become definitions, so that they may refer to themselves. */
export class TypeSchemas {
  readonly definitions: Record<string, Schema> = {}
  readonly #checker: ts.TypeChecker

  constructor(checker: ts.TypeChecker) {
    this.#checker = checker
  }

  /**
   * @param closed - As for what we send: nothing but what is declared. What we receive may have more, and text that the types leave open.
   */
  of(type: ts.Type, closed: boolean): Schema | null {
    if (isDecimal(type)) return { type: 'string', pattern: String.raw`^-?\d+(\.\d+)?$` }
    const { flags } = type
    if (flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return {}
    if (flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Void)) return null
    if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value }
    if (flags & ts.TypeFlags.BooleanLiteral) return { const: this.#checker.typeToString(type) === 'true' }
    const primitive = primitives.find(([flag]) => flags & flag)
    if (primitive !== undefined) return { type: primitive[1] }
    if (type.isUnion()) return this.#union(type, closed)
    // The types keep enumerations open by `string & {}`.
    if (type.isIntersection())
      return type.types.some((part) => part.flags & ts.TypeFlags.String)
        ? { type: 'string', $comment: open }
        : { allOf: type.types.flatMap((part) => this.of(part, false) ?? []) }
    return flags & ts.TypeFlags.Object ? this.#object(type, closed) : {}
  }

  #union(type: ts.UnionType, closed: boolean): Schema | null {
    const isLiteral = (part: ts.Type) => part.isStringLiteral()
    const literals = type.types.filter(isLiteral).map((part) => (part as ts.StringLiteralType).value)
    const booleans = type.types.filter((part) => part.flags & ts.TypeFlags.BooleanLiteral)
    const rest = type.types
      .filter((part) => !isLiteral(part) && (booleans.length < 2 || !booleans.includes(part)))
      .map((part) => this.of(part, closed))
      .filter((schema) => schema !== null)
    const isOpen = rest.some((schema) => schema['$comment'] === open)
    const parts = rest.filter((schema) => schema['$comment'] !== open || literals.length === 0)
    if (booleans.length === 2) parts.push({ type: 'boolean' })
    if (literals.length > 0)
      parts.push(isOpen && !closed ? { type: 'string' } : { type: 'string', enum: literals })
    return parts.length > 1 ? { anyOf: parts } : (parts[0] ?? null)
  }

  #object(type: ts.Type, closed: boolean): Schema {
    if (this.#checker.isArrayType(type)) {
      const [item] = this.#checker.getTypeArguments(type as ts.TypeReference)
      return { type: 'array', items: (item && this.of(item, closed)) ?? {} }
    }
    const name = this.#nameOf(type)
    if (name === null) return this.#properties(type, closed)
    const key = `${closed ? 'sent' : 'received'}:${name}`
    if (this.definitions[key] === undefined) {
      this.definitions[key] = {}
      this.definitions[key] = this.#properties(type, closed)
    }
    return { $ref: `stripe#/$defs/${encodeURIComponent(key)}` }
  }

  #nameOf(type: ts.Type): string | null {
    const symbol = type.aliasSymbol ?? type.symbol
    const generic = this.#checker.getTypeArguments(type as ts.TypeReference).length > 0
    if (symbol === undefined || symbol.name === '__type' || generic) return null
    return this.#checker
      .getFullyQualifiedName(symbol)
      .replace(/^"[^"]*\/(?:resources|esm)\/([^"]*)"\.?/, '$1::')
      .replaceAll(/[^A-Za-z0-9_.:]/g, '_')
  }

  #properties(type: ts.Type, closed: boolean): Schema {
    const properties: Record<string, Schema> = {}
    const required: string[] = []
    for (const property of this.#checker.getPropertiesOfType(type)) {
      const declaration = property.valueDeclaration ?? property.declarations?.[0]
      if (declaration === undefined || ts.isMethodSignature(declaration)) continue
      const schema = this.of(this.#checker.getTypeOfSymbolAtLocation(property, declaration), closed)
      if (schema === null) continue
      properties[property.name] = schema
      if (!(property.flags & ts.SymbolFlags.Optional)) required.push(property.name)
    }
    const index = this.#checker.getIndexTypeOfType(type, ts.IndexKind.String)
    const schema: Schema = { type: 'object', properties, required }
    if (index !== undefined) schema['additionalProperties'] = this.of(index, closed) ?? {}
    else if (closed) schema['additionalProperties'] = false
    return schema
  }
}

const open = 'open'

const primitives: readonly (readonly [ts.TypeFlags, string])[] = [
  [ts.TypeFlags.String, 'string'],
  [ts.TypeFlags.Number, 'number'],
  [ts.TypeFlags.Boolean, 'boolean'],
  [ts.TypeFlags.Null, 'null'],
]

const isDecimal = (type: ts.Type): boolean =>
  type.aliasSymbol?.name === 'Decimal' ||
  type.symbol?.name === 'DecimalImpl' ||
  (type.isIntersection() && type.types.some((part) => part.symbol?.name === 'DecimalImpl'))
