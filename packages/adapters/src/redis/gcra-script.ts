/**
 * The generic cell rate algorithm as in the reference limiter, in milliseconds with fractions. Needs `now`.
 * KEYS[1]: when the quota would be whole again. ARGV: limit, window in milliseconds.
 */
export const gcraDecision = `
  local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
  local interval = window / limit
  local before = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
  -- Doubles near 1.8e12 ms resolve 0.0002 ms, and a moment is kept to 0.0001 ms.
  local slack = 0.001
  local room = now + window + slack
  local allowed = before + interval <= room
  local after = before
  if allowed then
    after = before + interval
    redis.call('SET', KEYS[1], string.format('%.4f', after), 'PX', math.max(1, math.ceil(after - now)))
  end
  local remaining = math.max(0, math.floor((room - after) / interval))
  local retry = 0
  if remaining == 0 then retry = math.ceil(after + interval - room) end
  return { allowed and 1 or 0, remaining, retry, math.ceil(after - now - slack) }
`

/** Takes the time from Redis: the clocks of many processes do not agree. */
export const serverNow = `
  local time = redis.call('TIME')
  local now = time[1] * 1000 + time[2] / 1000
`
