import { type RawBuilder, sql } from 'kysely'
import { storableJson } from './storable.ts'

/** A jsonb parameter. Stringified here: `pg` would send a JavaScript array as a Postgres array. */
export const jsonb = <T>(value: T): RawBuilder<T> => sql<T>`${JSON.stringify(value)}::jsonb`

/** The same of what came from elsewhere and can hold anything. */
export const storableJsonb = <T>(value: T): RawBuilder<T> => sql<T>`${storableJson(value)}::jsonb`
