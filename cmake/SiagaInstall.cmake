# Where an installation has its files. docs/packaging.md lists them for people; Debian and rpm set the
# folders that they name differently (strings: CMake would make a relative PATH of the command line
# absolute), everything else follows CMAKE_INSTALL_PREFIX. The manual pages and completions are what
# the program itself prints: its options, and no copy of them.
set(SIAGA_UNIT_DIR "lib/systemd/system" CACHE STRING "Where systemd looks for units")
set(SIAGA_ZSH_DIR "share/zsh/site-functions" CACHE STRING "Where zsh looks for completions")
set(SIAGA_DOC_DIR "${CMAKE_INSTALL_DOCDIR}" CACHE STRING "Where documents go")
if(SIAGA_SANITIZE)
  return()  # for tests, not to be installed; running it for its pages would cost every link seconds
endif()

install(TARGETS siaga RUNTIME)

# siaga_page(FILE FOLDER WORD...): what `siaga WORD...` prints, installed in FOLDER.
set(siaga_pages "")
function(siaga_page file folder)
  set(made "${CMAKE_BINARY_DIR}/pages/${file}")
  get_filename_component(made_folder "${made}" DIRECTORY)
  file(MAKE_DIRECTORY "${made_folder}")
  add_custom_command(OUTPUT "${made}" COMMAND siaga ${ARGN} > "${made}" DEPENDS siaga VERBATIM)
  set(siaga_pages ${siaga_pages} "${made}" PARENT_SCOPE)
  install(FILES "${made}" DESTINATION "${folder}")
endfunction()

siaga_page(en/siaga.1 "${CMAKE_INSTALL_MANDIR}/man1" man siaga --lang en)
siaga_page(en/siaga.toml.5 "${CMAKE_INSTALL_MANDIR}/man5" man siaga.toml --lang en)
siaga_page(id/siaga.1 "${CMAKE_INSTALL_MANDIR}/id/man1" man siaga --lang id)
siaga_page(id/siaga.toml.5 "${CMAKE_INSTALL_MANDIR}/id/man5" man siaga.toml --lang id)
siaga_page(bash/siaga share/bash-completion/completions completion bash --lang en)
siaga_page(zsh/_siaga "${SIAGA_ZSH_DIR}" completion zsh --lang en)
siaga_page(fish/siaga.fish share/fish/vendor_completions.d completion fish --lang en)
add_custom_target(siaga_pages ALL DEPENDS ${siaga_pages})

install(FILES systemd/siaga.service systemd/siaga.socket DESTINATION "${SIAGA_UNIT_DIR}")
install(FILES systemd/siaga.sysusers DESTINATION lib/sysusers.d RENAME siaga.conf)
install(FILES systemd/siaga.tmpfiles DESTINATION lib/tmpfiles.d RENAME siaga.conf)
install(FILES packaging/siaga.toml DESTINATION share/siaga)
install(FILES packaging/siaga.example.toml DESTINATION "${SIAGA_DOC_DIR}/examples")
file(GLOB siaga_documents CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/docs/*.md")
install(FILES README.md ${siaga_documents} DESTINATION "${SIAGA_DOC_DIR}")

# Folders of the configuration below /etc (below the prefix where that is not /usr): the
# administrator's fragments, and secrets for the unit's LoadCredential=, which systemd reads as root.
install(DIRECTORY DESTINATION "${CMAKE_INSTALL_FULL_SYSCONFDIR}/siaga/conf.d")
install(DIRECTORY DESTINATION "${CMAKE_INSTALL_FULL_SYSCONFDIR}/siaga/credentials"
  DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE)

# What the centre's Prometheus, Alertmanager and Grafana take over, and the runbooks that the agent
# serves as well. Instructions are documents, wherever they stand in the tree.
install(DIRECTORY dashboards/rules dashboards/prometheus dashboards/alertmanager
  DESTINATION share/siaga PATTERN "*.md" EXCLUDE PATTERN "*.sh" EXCLUDE)
install(PROGRAMS dashboards/alertmanager/whatsapp.sh DESTINATION share/siaga/alertmanager)
install(FILES dashboards/alertmanager/README.md DESTINATION "${SIAGA_DOC_DIR}" RENAME alertmanager.md)
file(GLOB siaga_dashboards CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/dashboards/grafana/*.json")
install(FILES ${siaga_dashboards} DESTINATION share/siaga/dashboards)
install(DIRECTORY dashboards/grafana/provisioning DESTINATION share/siaga)
install(DIRECTORY dashboards/runbooks DESTINATION "${SIAGA_DOC_DIR}")
