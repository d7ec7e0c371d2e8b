# tests/fuzz/NAME_fuzz.cc becomes fuzz_NAME, a libFuzzer program; `fuzzers` builds them all. Its seeds
# are tests/fuzz/corpus/NAME/, its dictionary tests/fuzz/NAME.dict; `./dev fuzz` runs them.
if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  message(FATAL_ERROR "libFuzzer needs clang: cmake --preset fuzz")
endif()

add_custom_target(fuzzers)
file(GLOB fuzz_sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/fuzz/*_fuzz.cc")
foreach(source IN LISTS fuzz_sources)
  get_filename_component(name "${source}" NAME_WE)
  string(REGEX REPLACE "_fuzz$" "" name "${name}")
  add_executable(fuzz_${name} "${source}")
  siaga_configure(fuzz_${name})
  target_link_libraries(fuzz_${name} PRIVATE siaga_exporters_endpoint siaga_probes siaga_agent_sensors
    siaga_agent_journal)
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  add_dependencies(fuzzers fuzz_${name})
endforeach()
target_link_libraries(fuzz_engine PRIVATE siaga_tests_engine_world)
