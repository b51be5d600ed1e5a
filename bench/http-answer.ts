/** Characters of the first answer in the text, or null when it is not complete. */
export function completeLength(text: string): number | null {
  const end = text.indexOf('\r\n\r\n')
  if (end === -1) return null
  const declared = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, end + 2))?.[1]
  if (declared !== undefined) {
    const length = end + 4 + Number(declared)
    return text.length >= length ? length : null
  }
  const last = text.indexOf('\r\n0\r\n\r\n', end)
  return last === -1 ? null : last + 7
}
