// RFC 9110 §7.2, without the comma: whoever reads the first of two and whoever reads the last would disagree about whom it is for.
const form = /^(?:[\w.~!$&'()*+;=%-]*|\[[\da-f:.]+\])(?::\d{0,5})?$/i

let known = ''

/** Whether a `Host` header is one host name or address with an optional port. Nearly every request names the same one. */
export function isHost(host: string | null): boolean {
  if (host === null || host === '' || host === known) return true
  if (!form.test(host) || !URL.canParse(`http://${host}`)) return false
  known = host
  return true
}
