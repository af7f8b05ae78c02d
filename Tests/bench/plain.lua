-- wrk: the same request again and again, from BENCH_METHOD, BENCH_BODY and BENCH_COOKIE.
wrk.method = os.getenv("BENCH_METHOD") or "GET"
wrk.body = os.getenv("BENCH_BODY")
if os.getenv("BENCH_COOKIE") then wrk.headers["Cookie"] = os.getenv("BENCH_COOKIE") end
if wrk.body then wrk.headers["Content-Type"] = "application/json" end

function done(summary, latency)
  io.write(string.format("RESULT %d %.6f %.3f %.3f %d\n", summary.requests,
    summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout))
end
