# SPDX-License-Identifier: MIT
# build/<preset>/lua/<version>/lua: an interpreter with the modules of this build in its path.

# A stock interpreter does not link the run-time library of a sanitizer, which must be loaded first of all; libstdc++ goes
# with it because ASan looks for __cxa_throw only once, at the start.
set(LLNET_PRELOAD "")
set(llnet_runtimes "")
if(LLNET_SANITIZE MATCHES address)
    set(llnet_runtimes asan stdc++)
elseif(LLNET_SANITIZE MATCHES thread)
    set(llnet_runtimes tsan stdc++)
endif()
foreach(runtime IN LISTS llnet_runtimes)
    execute_process(COMMAND ${CMAKE_CXX_COMPILER} -print-file-name=lib${runtime}.so
                    OUTPUT_VARIABLE path OUTPUT_STRIP_TRAILING_WHITESPACE)
    string(APPEND LLNET_PRELOAD "${path} ")
endforeach()

function(llnet_add_launcher version)
    # 5.2 and later prefer LUA_PATH_5_2 and so on.
    set(suffix "")
    if(version MATCHES "^5.([2-9])$")
        set(suffix _5_${CMAKE_MATCH_1})
    endif()
    # What a LuaJIT userdata owns looks leaked when os.exit() leaves it: LSan does not read LuaJIT's own arenas.
    set(leaks 1)
    if(version STREQUAL jit)
        set(leaks 0)
    endif()
    configure_file(${PROJECT_SOURCE_DIR}/cmake/lua.sh.in ${PROJECT_BINARY_DIR}/lua/${version}/lua @ONLY
                   FILE_PERMISSIONS ${llnet_executable})
endfunction()

set(llnet_executable OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

# Programs that ours start by their names are not to have it: curl hangs with it.
if(LLNET_PRELOAD)
    foreach(name curl wrk)
        find_program(LLNET_${name}_PROGRAM ${name})
        mark_as_advanced(LLNET_${name}_PROGRAM)
        if(LLNET_${name}_PROGRAM)
            set(program ${LLNET_${name}_PROGRAM})
            configure_file(${PROJECT_SOURCE_DIR}/cmake/foreign.sh.in ${PROJECT_BINARY_DIR}/foreign/${name} @ONLY
                           FILE_PERMISSIONS ${llnet_executable})
        endif()
    endforeach()
endif()

foreach(version IN LISTS LLNET_LUAS_FOUND)
    set(program "${LLNET_LUA_${version}_PROGRAM}")
    if(program)
        llnet_add_launcher(${version})
    endif()
endforeach()
