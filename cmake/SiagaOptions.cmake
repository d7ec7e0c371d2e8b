# Switches of the presets, and the flags they turn on.
option(SIAGA_TESTS "Build the tests" ON)
option(SIAGA_BENCHMARKS "Build the benchmark programs" OFF)
option(SIAGA_FUZZERS "Build the libFuzzer targets (clang only)" OFF)
option(SIAGA_WERROR "Treat warnings as errors" OFF)
option(SIAGA_COVERAGE "Instrument for gcov" OFF)
set(SIAGA_SANITIZE "" CACHE STRING "Sanitizers, comma-separated: address,undefined or thread")

set(siaga_warnings -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor
  -Woverloaded-virtual -Wold-style-cast -Wcast-align -Wimplicit-fallthrough -Wextra-semi)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports these inside the standard library's own inlined code.
  list(APPEND siaga_warnings -Wno-restrict -Wno-maybe-uninitialized -Wno-missing-field-initializers)
else()
  list(APPEND siaga_warnings -Wno-missing-field-initializers -Wno-missing-designated-field-initializers)
endif()

function(siaga_configure target)
  target_compile_options(${target} PRIVATE ${siaga_warnings} $<$<BOOL:${SIAGA_WERROR}>:-Werror>)
  target_include_directories(${target} PUBLIC "${CMAKE_SOURCE_DIR}")
endfunction()

# libstdc++ 12's stable_sort calls a function that it marks as deprecated itself; only clang says so.
function(siaga_calls_stable_sort target)
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>)
endfunction()

if(SIAGA_SANITIZE)
  add_compile_options(-fsanitize=${SIAGA_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${SIAGA_SANITIZE})
  add_compile_definitions(SIAGA_SANITIZED)
endif()
if(SIAGA_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()

add_compile_definitions(SIAGA_VERSION="${PROJECT_VERSION}")
# The same binary from every path: no folder names of the build machine in it. The build folder, where
# batches are, comes last, so that it holds before the source's: ccache names what is there without it.
add_compile_options("-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=" "-ffile-prefix-map=${CMAKE_BINARY_DIR}/=")

find_program(SIAGA_CCACHE ccache)
if(SIAGA_CCACHE)
  # Hits from every clone: nothing of the path is in the key.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env "CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}"
    CCACHE_NOHASHDIR=1 "${SIAGA_CCACHE}")
endif()
find_program(SIAGA_MOLD mold)
if(SIAGA_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
