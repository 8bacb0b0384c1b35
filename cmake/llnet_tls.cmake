# SPDX-License-Identifier: MIT
# Whether there will be TLS: LLNET_HAS_TLS.

set(LLNET_HAS_TLS OFF)
if(LLNET_TLS STREQUAL "AUTO")
    find_package(OpenSSL 3.0 QUIET)
elseif(LLNET_TLS)
    find_package(OpenSSL 3.0 REQUIRED)
endif()
if(LLNET_TLS AND OpenSSL_FOUND)
    set(LLNET_HAS_TLS ON)
endif()
if(LLNET_HAS_TLS)
    message(STATUS "TLS: OpenSSL ${OPENSSL_VERSION}")
else()
    message(STATUS "TLS: none")
endif()
