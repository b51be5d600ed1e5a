/** What may be uploaded: types whose content can be told from the bytes, and text. Nothing that a browser runs. */
export const fileTypes = [
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'application/pdf',
  'text/plain',
  'text/markdown',
  'text/csv',
  'application/json',
] as const
export type FileType = (typeof fileTypes)[number]

const textTypes = ['text/plain', 'text/markdown', 'text/csv', 'application/json'] as const

/** What a model is told as text. */
export type TextType = (typeof textTypes)[number]
/** What it must be able to see, or to read by itself. */
export type ShownType = Exclude<FileType, TextType>

export const shownTypes = fileTypes.filter((type): type is ShownType => !isTextType(type))

export function isTextType(type: FileType): type is TextType {
  return textTypes.some((text) => text === type)
}

const ascii = (text: string): readonly number[] => Array.from(text, (char) => char.charCodeAt(0))

/** Bytes at an offset, by which a type begins; those of one type are all needed. */
const signatures: readonly (readonly [FileType, ...(readonly [number, readonly number[]])[]])[] = [
  ['image/png', [0, [0x89, ...ascii('PNG\r\n'), 0x1a, 0x0a]]],
  ['image/jpeg', [0, [0xff, 0xd8, 0xff]]],
  ['image/gif', [0, ascii('GIF87a')]],
  ['image/gif', [0, ascii('GIF89a')]],
  ['image/webp', [0, ascii('RIFF')], [8, ascii('WEBP')]],
  ['application/pdf', [0, ascii('%PDF-')]],
]

/** Whether the bytes are of the type that somebody says they are. */
export function isOfType(bytes: Uint8Array, type: FileType): boolean {
  const found = signatures.find(([, ...parts]) =>
    parts.every(([offset, part]) => part.every((byte, index) => bytes[offset + index] === byte)),
  )
  if (found) return found[0] === type
  if (type.startsWith('image/') || type === 'application/pdf') return false
  return isText(bytes) && (type !== 'application/json' || isJson(bytes))
}

// All control characters but tab, line feed, form feed and carriage return.
// oxlint-disable-next-line no-control-regex
const control = /[\0-\x08\x0b\x0e-\x1f\x7f]/

const decode = (bytes: Uint8Array): string => new TextDecoder('utf-8', { fatal: true }).decode(bytes)

function isText(bytes: Uint8Array): boolean {
  try {
    return !control.test(decode(bytes))
  } catch {
    return false
  }
}

function isJson(bytes: Uint8Array): boolean {
  try {
    JSON.parse(decode(bytes))
    return true
  } catch {
    return false
  }
}
