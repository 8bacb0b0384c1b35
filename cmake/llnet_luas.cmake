# SPDX-License-Identifier: MIT
# Which Luas to build for, and where each of them is. Sets
#   LLNET_LUAS_FOUND               the versions, such as 5.1;5.4;jit
#   LLNET_LUA_<version>_INCDIR     directory of its lua.h
#   LLNET_LUA_<version>_PROGRAM    its interpreter    (tests only)
#   LLNET_LUA_<version>_LIBRARY    its library        (tests only)
#   LLNET_LUA_<version>_ABI        the version in its module paths: 5.1 for LuaJIT

find_package(PkgConfig QUIET)

set(llnet_known_luas jit 5.1 5.2 5.3 5.4)

# The version, as in LLNET_LUAS, of the lua.h in a directory; empty if there is none.
function(llnet_version_of_headers incdir result)
    set(version "")
    if(EXISTS ${incdir}/luajit.h)
        set(version jit)
    elseif(EXISTS ${incdir}/lua.h)
        file(READ ${incdir}/lua.h header)
        if(header MATCHES "LUA_VERSION_NUM[ \t]+50([0-9])")
            set(version 5.${CMAKE_MATCH_1})
        elseif(header MATCHES "LUA_VERSION_MINOR_N[ \t]+([0-9]+)") # from 5.5 on
            set(version 5.${CMAKE_MATCH_1})
        endif()
    endif()
    set(${result} "${version}" PARENT_SCOPE)
endfunction()

# Validators of find_path and find_program; they see `version` of the function that searches.
function(llnet_accept_headers result header)
    cmake_path(GET header PARENT_PATH incdir)
    llnet_version_of_headers(${incdir} found)
    if(NOT found STREQUAL version)
        set(${result} FALSE PARENT_SCOPE)
    endif()
endfunction()

function(llnet_accept_program result program)
    execute_process(COMMAND ${program} -e "io.write(jit and 'jit' or _VERSION:match('[0-9.]+'))"
                    OUTPUT_VARIABLE found ERROR_QUIET)
    if(NOT found STREQUAL version)
        set(${result} FALSE PARENT_SCOPE)
    endif()
endfunction()

# Looks for one Lua: by pkg-config, then in the places where systems put it. Its answers are cached.
function(llnet_find_lua version)
    if(version STREQUAL jit)
        set(names luajit luajit-5.1)
        set(suffixes luajit-2.1 luajit-2.0)
    else()
        string(REPLACE . "" short ${version})
        set(names lua${version} lua-${version} lua${short})
        set(suffixes lua${version} lua-${version} lua${short} lua/${version})
    endif()
    if(PKG_CONFIG_FOUND)
        pkg_search_module(llnet_pc_${version} QUIET ${names} lua)
    endif()
    find_path(LLNET_LUA_${version}_INCDIR lua.h HINTS ${llnet_pc_${version}_INCLUDE_DIRS}
              PATH_SUFFIXES ${suffixes} VALIDATOR llnet_accept_headers)
    find_program(LLNET_LUA_${version}_PROGRAM NAMES ${names} lua VALIDATOR llnet_accept_program)
    find_library(LLNET_LUA_${version}_LIBRARY NAMES ${names} HINTS ${llnet_pc_${version}_LIBRARY_DIRS})
    mark_as_advanced(LLNET_LUA_${version}_INCDIR LLNET_LUA_${version}_PROGRAM LLNET_LUA_${version}_LIBRARY)
endfunction()

if(LLNET_LUA_INCDIR)
    llnet_version_of_headers(${LLNET_LUA_INCDIR} version)
    if(NOT version)
        message(FATAL_ERROR "LLNET_LUA_INCDIR: no lua.h in ${LLNET_LUA_INCDIR}")
    endif()
    set(LLNET_LUAS_FOUND ${version})
    set(LLNET_LUA_${version}_INCDIR ${LLNET_LUA_INCDIR})
else()
    set(LLNET_LUAS_FOUND "")
    set(wanted ${LLNET_LUAS})
    if(NOT wanted)
        set(wanted ${llnet_known_luas})
    endif()
    foreach(version IN LISTS wanted)
        llnet_find_lua(${version})
        if(LLNET_LUA_${version}_INCDIR)
            list(APPEND LLNET_LUAS_FOUND ${version})
        elseif(LLNET_LUAS)
            message(FATAL_ERROR "Lua ${version}: lua.h not found; set LLNET_LUA_${version}_INCDIR")
        endif()
    endforeach()
    if(NOT LLNET_LUAS_FOUND)
        message(FATAL_ERROR "No Lua found; set LLNET_LUA_INCDIR to the directory of its lua.h")
    endif()
endif()

foreach(version IN LISTS LLNET_LUAS_FOUND)
    string(REPLACE jit 5.1 LLNET_LUA_${version}_ABI ${version})
endforeach()
message(STATUS "Lua: ${LLNET_LUAS_FOUND}")
