# SPDX-License-Identifier: MIT
# How every target is compiled: the language, warnings, instrumentation.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# Release is -O2: -O3 makes larger code and no call of ours faster.
string(REPLACE "-O3" "-O2" CMAKE_CXX_FLAGS_RELEASE "${CMAKE_CXX_FLAGS_RELEASE}")

if(LLNET_DEVELOPER)
    add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
endif()

if(LLNET_SANITIZE)
    add_compile_options(-fsanitize=${LLNET_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${LLNET_SANITIZE})
    if(LLNET_SANITIZE MATCHES "address")
        add_compile_definitions(LLNET_POOLS_NOTHING)
    endif()
    # The check of dynamic types reads memory through a pipe of its own, and where a test has used up all descriptors it
    # takes that for a wrong type.
    if(LLNET_SANITIZE MATCHES "undefined")
        add_compile_options(-fno-sanitize=vptr)
    endif()
endif()

if(LLNET_COVERAGE)
    add_compile_options(--coverage)
    add_link_options(--coverage)
endif()

if(LLNET_FUZZ)
    # The library is instrumented for libFuzzer; the fuzz targets link its main.
    add_compile_options(-fsanitize=fuzzer-no-link)
    add_link_options(-fsanitize=fuzzer-no-link)
endif()

# Link-time optimisation inlines the core into the glue. Without stubs of the linker a call of Lua's API is one jump, not
# two, and there are dozens in each call of ours.
if(CMAKE_BUILD_TYPE STREQUAL "Release")
    include(CheckCXXCompilerFlag)
    check_cxx_compiler_flag(-fno-plt llnet_has_no_plt)
    if(llnet_has_no_plt)
        add_compile_options(-fno-plt)
    endif()
    include(CheckIPOSupported)
    check_ipo_supported(RESULT llnet_ipo OUTPUT llnet_ipo_reason LANGUAGES CXX)
    set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ${llnet_ipo})
endif()

if(LLNET_TIDY)
    # The hash of its configuration is in the command line, so that a changed one reads every file again.
    set(llnet_tidy_config ${PROJECT_SOURCE_DIR}/.clang-tidy)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${llnet_tidy_config})
    file(SHA256 ${llnet_tidy_config} llnet_tidy_hash)
    set(CMAKE_CXX_CLANG_TIDY ${LLNET_TIDY} --quiet --extra-arg=-DLLNET_TIDY_CONFIG=${llnet_tidy_hash})
endif()
