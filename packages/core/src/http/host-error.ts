/** The host around the API is put together in a way that cannot work. It is a 500 that says how to fix the host. */
export class HostError extends Error {
  readonly code: string
  readonly fix: string

  constructor(code: string, title: string, fix: string) {
    super(title)
    this.name = 'HostError'
    this.code = code
    this.fix = fix
  }
}

export const rawBodyConsumed = (): HostError =>
  new HostError(
    'http/raw-body-consumed',
    'The host parsed the body before this endpoint could read its bytes.',
    'Mount the API before body parsers such as express.json(), or keep the bytes: express.json({ verify: (req, _res, bytes) => { req.rawBody = bytes } }).',
  )
