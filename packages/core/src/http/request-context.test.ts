import { describe, expect, it } from 'vitest'
import { manualClock } from '../kernel/manual-clock.ts'
import { RequestContext } from './request-context.ts'

const context = (headers: Record<string, string>) =>
  new RequestContext(new Headers(headers), null, manualClock())
const trace = '0af7651916cd43dd8448eb211c80319c'
const parent = 'b7ad6b7169203331'

describe('RequestContext', () => {
  it('keeps a well-formed request id and replaces any other', () => {
    expect(context({ 'x-request-id': 'Abc.123_x-y' }).requestId).toBe('Abc.123_x-y')
    for (const id of ['short', 'x'.repeat(129), 'has space', 'semi;colon', '<script>alert']) {
      expect(context({ 'x-request-id': id }).requestId).toMatch(/^req_[0-9a-z]{26}$/)
    }
  })

  it('continues a trace under a span of its own', () => {
    const found = context({ traceparent: `00-${trace}-${parent}-01` })
    expect([found.traceId, found.parentSpanId]).toEqual([trace, parent])
    expect(found.spanId).toMatch(/^[0-9a-f]{16}$/)
    expect(found.spanId).not.toBe(parent)
    expect(found.traceparent).toBe(`00-${trace}-${found.spanId}-01`)
  })

  it.each([
    ['no header', undefined],
    ['version 01', `01-${trace}-${parent}-01`],
    ['version ff', `ff-${trace}-${parent}-01`],
    ['upper case', `00-${trace.toUpperCase()}-${parent}-01`],
    ['a trace id of zeros', `00-${'0'.repeat(32)}-${parent}-01`],
    ['a span id of zeros', `00-${trace}-${'0'.repeat(16)}-01`],
    ['a fifth field', `00-${trace}-${parent}-01-x`],
    ['two values', `00-${trace}-${parent}-01, 00-${trace}-${parent}-01`],
  ])('starts a trace with %s', (_name, traceparent) => {
    const found = context(traceparent === undefined ? {} : { traceparent })
    expect(found.traceId).toMatch(/^[0-9a-f]{32}$/)
    expect(found.traceId).not.toBe(trace)
    expect(found.traceId).toBe(found.traceId)
    expect(found.parentSpanId).toBeNull()
  })
})
