-- wrk: posts each line of BENCH_FILE once: "header value<TAB>body", split among the threads.
local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(args)
  local count = tonumber(os.getenv("BENCH_THREADS"))
  lines = {}
  local line = 0
  for text in io.lines(os.getenv("BENCH_FILE")) do
    if line % count == number then lines[#lines + 1] = text end
    line = line + 1
  end
  position = 0
  bad = 0
end

function request()
  position = position + 1
  if position > #lines then
    wrk.thread:stop()
    position = #lines
  end
  local signature, body = lines[position]:match("^(.-)\t(.*)$")
  return wrk.format("POST", nil, {
    ["Content-Type"] = "application/json", ["Stripe-Signature"] = signature,
  }, body)
end

function response(status)
  if status ~= 200 then bad = bad + 1 end
end

function done(summary, latency)
  io.write(string.format("RESULT %d %.6f %.3f %.3f %d\n", summary.requests,
    summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout))
end
