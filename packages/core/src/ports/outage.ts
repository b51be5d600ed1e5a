/** How a suite gets an adapter whose engine has failed; or, in words, why there is no such thing. */
export type Outage<Port> = (() => Promise<Port>) | { readonly never: string }

/** The code of the error with which the call ended; `none` when it succeeded. */
export const failureOf = async (call: Promise<unknown>): Promise<unknown> => {
  try {
    await call
    return 'none'
  } catch (error) {
    return (error as { readonly code?: unknown }).code
  }
}
