# tests/fuzz/NAME_fuzz.cc becomes fuzz_NAME, a libFuzzer program; `fuzzers` builds them all. Its seeds
# are tests/fuzz/corpus/NAME/, its dictionary tests/fuzz/NAME.dict; `./dev fuzz` runs them.
if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  message(FATAL_ERROR "libFuzzer needs clang: cmake --preset asan-ubsan")
endif()

# The preset is -O0, which takes its compiler half of the time; what fuzzers run a million times is worth more.
foreach(name IN ITEMS agent_core agent_loop agent_net agent_config agent_engine agent_judge agent_sensors
    agent_journal probes probes_wire exporters exporters_endpoint tests_engine_world)
  target_compile_options(siaga_${name} PRIVATE -O1)
endforeach()

add_custom_target(fuzzers)
file(GLOB fuzz_sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/fuzz/*_fuzz.cc")
foreach(source IN LISTS fuzz_sources)
  get_filename_component(name "${source}" NAME_WE)
  string(REGEX REPLACE "_fuzz$" "" name "${name}")
  add_executable(fuzz_${name} "${source}")
  siaga_configure(fuzz_${name})
  target_compile_options(fuzz_${name} PRIVATE -O1)
  target_link_libraries(fuzz_${name} PRIVATE siaga_exporters_endpoint siaga_probes siaga_agent_sensors
    siaga_agent_journal)
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  add_dependencies(fuzzers fuzz_${name})
endforeach()
target_link_libraries(fuzz_engine PRIVATE siaga_tests_engine_world)
