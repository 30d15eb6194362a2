-- Reads the paths in BENCH_PATHS, one after the other.
local paths = {}
for path in io.lines(os.getenv("BENCH_PATHS")) do paths[#paths + 1] = path end
local headers = { ["Authorization"] = "Bearer " .. os.getenv("BENCH_TOKEN") }
local at = 0

function request()
    at = at % #paths + 1
    return wrk.format("GET", paths[at], headers)
end
