import { ObjectStoreErrors } from './object-store.ts'

const key = /^(?=.{1,512}$)[\w=@+-][\w.=@+-]{0,99}(?:\/[\w=@+-][\w.=@+-]{0,99})*$/
const prefix = /^(?!\/)(?!.*\/\/)(?!.*(?:^|\/)\.)[\w.=@+/-]{0,512}$/
const mediaType = /^[\w.+-]+\/[\w.+-]+(?: *;[ -~]*)?$/

/** What every object store does first. @throws `object-store/invalid-key` */
export function checkKey(text: string): void {
  if (!key.test(text) || text.includes('\n')) throw ObjectStoreErrors.invalidKey()
}

/** @throws `object-store/invalid-key` when no key begins with the text. */
export function checkPrefix(text: string): void {
  if (!prefix.test(text) || text.includes('\n')) throw ObjectStoreErrors.invalidKey()
}

/** @throws `object-store/invalid-content-type` */
export function checkContentType(text: string): void {
  if (text.length > 200 || !mediaType.test(text) || text.includes('\n'))
    throw ObjectStoreErrors.invalidContentType()
}
