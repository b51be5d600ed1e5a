/** Forms in which a secret might leave beside its own. */
const forms: Readonly<Record<string, (value: string) => string>> = {
  base64: (value) => Buffer.from(value).toString('base64'),
  base64url: (value) => Buffer.from(value).toString('base64url'),
  hexadecimal: (value) => Buffer.from(value).toString('hex'),
  'a URL component': encodeURIComponent,
  'a JSON string': (value) => JSON.stringify(value).slice(1, -1),
}

export const formNames: readonly string[] = Object.keys(forms)

// A shorter one stands in texts by chance.
const shortest = 8

/** Names of the secrets that stand in a text, in any form. */
export const leakedIn = (
  text: string,
  secrets: readonly { readonly name: string; readonly value: string }[],
): readonly string[] =>
  secrets
    .filter(
      ({ value }) =>
        value.length >= shortest &&
        [value, ...Object.values(forms).map((form) => form(value))].some((each) => text.includes(each)),
    )
    .map(({ name }) => name)
