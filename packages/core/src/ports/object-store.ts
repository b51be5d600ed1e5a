import { defineErrors } from '../kernel/errors.ts'
import type { PageRequest } from '../kernel/page.ts'
import type { PortAdapter } from './adapter.ts'

export const ObjectStoreErrors = defineErrors('object-store', {
  invalidKey: {
    status: 422,
    title: 'The object cannot have this key.',
    fix: 'Use letters, digits, - _ . = @ + and, between parts, a single slash.',
  },
  invalidContentType: {
    status: 422,
    title: 'The object cannot have this content type.',
    fix: 'Give a media type such as text/plain; charset=utf-8.',
  },
  exists: {
    status: 409,
    title: 'There is an object with this key already.',
    fix: 'Take another key, or leave it as it is.',
  },
})

export interface ObjectInfo {
  readonly key: string
  /** Bytes. */
  readonly size: number
  readonly contentType: string
  /** Opaque; another one for other bytes. */
  readonly etag: string
}

export interface StoredObject extends ObjectInfo {
  /** To be read or cancelled: it may hold a connection or a file. */
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>
}

export interface PutOptions {
  /** A media type of visible ASCII, at most 200 characters. */
  readonly contentType: string
  /** `*`: only if there is no object with this key. */
  readonly ifNoneMatch?: '*'
}

export interface SignedUrlOptions {
  /** From 1 to 3600. */
  readonly seconds: number
  /** Any text. */
  readonly fileName: string
}

export interface ObjectPage {
  /** By key, in the order of ASCII. */
  readonly data: readonly Pick<ObjectInfo, 'key' | 'size'>[]
  /** The `after` of the next page; null on the last one. */
  readonly next: string | null
}

/**
 * Keeps files. A key has 1 to 512 characters: parts of 1 to 100 letters, digits and `- _ . = @ +` that do not begin with a
 * dot, with a single `/` in between. Keys that differ are different objects, also `a` and `A`, `a` and `a/b`.
 *
 * Writing is all or nothing: a reader sees an object whole, as it was or as it is, and a body already handed out stays what
 * it was. Of concurrent writers the last one stays.
 *
 * @throws `object-store/invalid-key` from every method, and never reads or writes outside of the store.
 */
export interface ObjectStore extends PortAdapter {
  /**
   * Writes the object or replaces it. When the body fails, what was there stays, and the call rejects with the body's error.
   *
   * @throws `object-store/exists` when `ifNoneMatch` is `*` and there is one; of concurrent callers one wins.
   * @throws `object-store/invalid-content-type` when it is not a media type, or could begin a header.
   */
  put(
    key: string,
    body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>>,
    options: PutOptions,
  ): Promise<ObjectInfo>
  get(key: string): Promise<StoredObject | null>
  head(key: string): Promise<ObjectInfo | null>
  /** Nothing happens when there is none. */
  delete(key: string): Promise<void>
  /**
   * An address from which anybody who has it reads the object, as it is then, for so many seconds from now; for browsers it is a file to
   * be saved under the name. Absent where the store is not reached by addresses.
   */
  signedUrl?(key: string, options: SignedUrlOptions): Promise<string>
  /** Objects whose key begins with `prefix`, which may be empty or end within a part. */
  list(prefix: string, page: PageRequest): Promise<ObjectPage>
}
