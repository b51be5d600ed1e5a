import { type Html, markup } from '@corbel/core'

/** A mail's paragraphs as HTML; every one that is an address becomes a link. */
export const htmlMail = (paragraphs: readonly string[]): string =>
  markup`<!doctype html><html lang="en"><meta charset="utf-8"><body>${paragraphs.map(paragraphOf)}</body></html>`.toString()

const paragraphOf = (text: string): Html =>
  /^https?:\/\/\S+$/.test(text) ? markup`<p><a href="${text}">${text}</a></p>` : markup`<p>${text}</p>`
