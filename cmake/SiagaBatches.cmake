# Files of one folder are compiled in batches: a file of ours has about 100 lines, the headers that it
# includes 50,000 and more, and a batch reads those once. So file-local names are unique in their folder.
# `./dev lint` reads every file by itself as well (tools/dev/tidy.py), so that each keeps its own includes.
set(SIAGA_BATCH_BYTES 60000 CACHE STRING "About how much source is compiled at once; 0: each file by itself")

# siaga_batches(OUT NAME FILE...): what to compile in place of FILEs, into the variable OUT: batches of
# about one size, in the order of FILEs, at BUILD/batches/NAME_0.cc and so on. What they say does not
# depend on where the tree stands, so that ccache knows them again in another clone.
function(siaga_batches out name)
  set(${out} ${ARGN} PARENT_SCOPE)
  if(SIAGA_BATCH_BYTES EQUAL 0)
    return()
  endif()
  set(total 0)
  foreach(file IN LISTS ARGN)
    file(SIZE "${file}" size)
    math(EXPR total "${total} + ${size}")
  endforeach()
  math(EXPR count "(${total} + ${SIAGA_BATCH_BYTES} - 1) / ${SIAGA_BATCH_BYTES}")
  math(EXPR full "${total} / ${count}")
  set(batches "")
  set(rest ${ARGN})
  while(rest)
    set(bytes 0)
    set(text "")
    while(rest AND bytes LESS full)
      list(POP_FRONT rest file)
      file(SIZE "${file}" size)
      math(EXPR bytes "${bytes} + ${size}")
      file(RELATIVE_PATH path "${CMAKE_SOURCE_DIR}" "${file}")
      string(APPEND text "#include \"${path}\"\n")
    endwhile()
    list(LENGTH batches number)
    set(made "${CMAKE_BINARY_DIR}/batches/${name}_${number}.cc")
    file(CONFIGURE OUTPUT "${made}" CONTENT "${text}" @ONLY)
    list(APPEND batches "${made}")
  endwhile()
  set(${out} ${batches} PARENT_SCOPE)
endfunction()
