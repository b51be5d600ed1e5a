/**
 * One page of the names of a vendor's models.
 *
 * @throws Error with the vendor's `status`.
 */
export async function listPage(
  send: typeof fetch,
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Readonly<Record<string, unknown>>> {
  const response = await send(url, { headers, signal })
  if (!response.ok) {
    await response.body?.cancel()
    throw Object.assign(new Error('The provider of models refused.'), { status: response.status })
  }
  return (await response.json()) as Readonly<Record<string, unknown>>
}

/** Texts under one name in a list of objects. @throws TypeError when it is no such list. */
export function textsOf(list: unknown, field: string): readonly string[] {
  if (!Array.isArray(list)) throw new TypeError('The provider of models answered with something else.')
  return list.map((item: Readonly<Record<string, unknown>>) => String(item[field]))
}
