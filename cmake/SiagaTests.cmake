# tests/ mirrors the tree: tests/agent/loop/*_test.cc becomes test_agent_loop, linked with that
# folder's library and tests/support.
include(GoogleTest)

file(GLOB support_sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/support/*.cc")
siaga_batches(support_batches siaga_tests_support ${support_sources})
add_library(siaga_tests_support STATIC ${support_batches})
siaga_configure(siaga_tests_support)
target_link_libraries(siaga_tests_support PUBLIC siaga_agent_loop GTest::gmock OpenSSL::SSL
  OpenSSL::Crypto)

# A random office around a real engine, for the property test and the fuzzer.
add_library(siaga_tests_engine_world STATIC tests/agent/engine/engine_world.cc)
siaga_configure(siaga_tests_engine_world)
target_link_libraries(siaga_tests_engine_world PUBLIC siaga_agent_engine)

# siaga_tests(FOLDER LIBRARY...): only what the folder needs is built for its tests, so that one
# folder's tests are built and run in seconds.
function(siaga_tests folder)
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/${folder}/*_test.cc")
  string(REPLACE "/" "_" name "${folder}")
  siaga_batches(batches test_${name} ${sources})
  add_executable(test_${name} ${batches})
  siaga_configure(test_${name})
  target_link_libraries(test_${name} PRIVATE ${ARGN} siaga_tests_support GTest::gmock
    GTest::gtest_main)
  # Tests read documents and the tree; they run at its root.
  target_compile_definitions(test_${name} PRIVATE SIAGA_SOURCE_DIR=".")
  # A test that hangs is killed and reported, never waited for.
  gtest_discover_tests(test_${name} WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}"
    PROPERTIES TIMEOUT 60 LABELS ${name} DISCOVERY_TIMEOUT 60)
endfunction()

siaga_tests(agent/core siaga_agent_core)
siaga_tests(agent/loop siaga_agent_loop)
siaga_tests(agent/net siaga_agent_net ZLIB::ZLIB)
siaga_tests(agent/config siaga_agent_config)
siaga_tests(agent/schedule siaga_agent_schedule)
siaga_tests(agent/engine siaga_tests_engine_world)
siaga_tests(agent/judge siaga_agent_judge)
siaga_calls_stable_sort(test_agent_judge)
siaga_tests(agent/sensors siaga_agent_sensors)
siaga_tests(agent/clock siaga_agent_clock)
siaga_tests(agent/journal siaga_agent_journal)
siaga_tests(agent/report siaga_agent_report)
siaga_tests(agent/service siaga_agent_service)
siaga_tests(agent/doctor siaga_agent_doctor)
siaga_tests(agent siaga_agent)
siaga_tests(agent/cli siaga_agent_cli)
add_dependencies(test_agent_cli siaga)  # runs it
siaga_tests(probes/wire siaga_probes_wire)
siaga_tests(probes siaga_probes siaga_agent_schedule ZLIB::ZLIB)
siaga_tests(exporters siaga_exporters siaga_probes)
siaga_tests(exporters/endpoint siaga_exporters_endpoint siaga_agent_net)
siaga_tests(conformance siaga_agent_schedule)

if(SIAGA_FUZZERS)
  include(SiagaFuzzers)
endif()
if(SIAGA_BENCHMARKS)
  include(SiagaBenchmarks)
endif()
