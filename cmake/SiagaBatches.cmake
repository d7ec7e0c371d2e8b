# Files of one folder are compiled in batches: a file of ours has about 100 lines, the headers that it
# includes 50,000 and more, and a batch reads those once. So file-local names are unique in their folder.
# `./dev lint` compiles every file by itself (the preset tidy), so that each keeps its own includes.
set(SIAGA_BATCH_BYTES 60000 CACHE STRING "About how much source is compiled at once; 0: each file by itself")

# siaga_batches(OUT NAME FILE...): what to compile in place of FILEs, into the variable OUT: batches of
# about one size, in the order of FILEs, at BUILD/batches/NAME_0.cc and so on. What they say does not
# depend on where the tree stands, so that ccache knows them again in another clone.
function(siaga_batches out name)
  set(${out} ${ARGN} PARENT_SCOPE)
  if(SIAGA_BATCH_BYTES EQUAL 0)
    return()
  endif()
  siaga_bytes(total ${ARGN})
  math(EXPR count "(${total} + ${SIAGA_BATCH_BYTES} - 1) / ${SIAGA_BATCH_BYTES}")
  math(EXPR full "${total} / ${count}")
  set(batches "")
  set(rest ${ARGN})
  while(rest)
    set(batch "")
    set(bytes 0)
    set(text "")
    while(rest AND bytes LESS full)
      list(POP_FRONT rest file)
      list(APPEND batch "${file}")
      siaga_bytes(bytes ${batch})
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

# siaga_bytes(OUT FILE...): the size of FILEs together.
function(siaga_bytes out)
  set(total 0)
  foreach(file IN LISTS ARGN)
    file(SIZE "${file}" size)
    math(EXPR total "${total} + ${size}")
  endforeach()
  set(${out} ${total} PARENT_SCOPE)
endfunction()
