// No value of somebody else begins so.
const mark = 'corbel-base64:'

/** How a value is kept where white space at its ends would be lost. */
export const kept = (value: string): string =>
  value.trim() === value && !value.startsWith(mark) ? value : mark + Buffer.from(value).toString('base64')

export const taken = (text: string): string =>
  text.startsWith(mark) ? Buffer.from(text.slice(mark.length), 'base64').toString('utf8') : text
