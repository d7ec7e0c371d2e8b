# siaga_embed(TARGET FILE AS HEADER): FILE's text as a raw string literal that TARGET includes as
# HEADER. The file stays the only source: a change of it makes CMake run again.
function(siaga_embed target file as header)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/${file}")
  file(READ "${CMAKE_SOURCE_DIR}/${file}" siaga_embedded_text)
  file(CONFIGURE OUTPUT "${CMAKE_BINARY_DIR}/embedded/${header}" @ONLY
    CONTENT "R\"siaga_text(@siaga_embedded_text@)siaga_text\"\n")
  target_include_directories(${target} PRIVATE "${CMAKE_BINARY_DIR}/embedded")
endfunction()

# siaga_embed_runbooks(TARGET): the runbooks as HTML (by cmark), one row {name, language, title, html}
# for each, sorted by language and name, that TARGET includes as exporters/endpoint/runbooks.inc.
# The agent must show them when nothing else of the office answers, so that it carries them itself.
function(siaga_embed_runbooks target)
  find_program(SIAGA_CMARK cmark REQUIRED)
  set(rows "")
  set(count 0)
  foreach(language IN ITEMS en id)
    file(GLOB files CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/dashboards/runbooks/${language}/*.md")
    foreach(file IN LISTS files)
      set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
      get_filename_component(name "${file}" NAME_WE)
      file(STRINGS "${file}" title LIMIT_COUNT 1 ENCODING UTF-8)
      string(REGEX REPLACE "^# *" "" title "${title}")
      execute_process(COMMAND "${SIAGA_CMARK}" --to html "${file}" OUTPUT_VARIABLE html COMMAND_ERROR_IS_FATAL ANY)
      string(APPEND rows "Runbook{\"${name}\", \"${language}\", R\"siaga_text(${title})siaga_text\", R\"siaga_text(${html})siaga_text\"},\n")
      math(EXPR count "${count} + 1")
    endforeach()
  endforeach()
  file(CONFIGURE OUTPUT "${CMAKE_BINARY_DIR}/embedded/exporters/endpoint/runbooks.inc" @ONLY
    CONTENT "constexpr std::array<Runbook, @count@> runbooks{{\n@rows@}};\n")
  target_include_directories(${target} PRIVATE "${CMAKE_BINARY_DIR}/embedded")
endfunction()
