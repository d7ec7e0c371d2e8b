# tests/bench/NAME_bench.cc becomes bench_NAME (Google Benchmark, linked with the agent);
# tests/bench/tools/NAME.cc becomes bench_NAME, a program of its own: the servers that are probed and
# the load that drives the peers, the year that a journal holds. `benchmarks` builds them all;
# `./dev bench` runs them.
add_custom_target(benchmarks)

file(GLOB bench_sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/bench/*_bench.cc")
foreach(source IN LISTS bench_sources)
  get_filename_component(name "${source}" NAME_WE)
  string(REGEX REPLACE "_bench$" "" name "${name}")
  add_executable(bench_${name} "${source}")
  siaga_configure(bench_${name})
  target_link_libraries(bench_${name} PRIVATE siaga_agent benchmark::benchmark benchmark::benchmark_main)
  add_dependencies(benchmarks bench_${name})
endforeach()

file(GLOB tool_sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/bench/tools/*.cc")
foreach(source IN LISTS tool_sources)
  get_filename_component(name "${source}" NAME_WE)
  add_executable(bench_${name} "${source}")
  siaga_configure(bench_${name})
  add_dependencies(benchmarks bench_${name})
endforeach()
target_link_libraries(bench_journal_year PRIVATE siaga_agent_journal)
