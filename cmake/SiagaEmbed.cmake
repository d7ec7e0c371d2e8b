# siaga_embed(TARGET FILE AS HEADER): FILE's text as a raw string literal that TARGET includes as
# HEADER. The file stays the only source: a change of it makes CMake run again.
function(siaga_embed target file as header)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/${file}")
  file(READ "${CMAKE_SOURCE_DIR}/${file}" siaga_embedded_text)
  file(CONFIGURE OUTPUT "${CMAKE_BINARY_DIR}/embedded/${header}" @ONLY
    CONTENT "R\"siaga_text(@siaga_embedded_text@)siaga_text\"\n")
  target_include_directories(${target} PRIVATE "${CMAKE_BINARY_DIR}/embedded")
endfunction()
