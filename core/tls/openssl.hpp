// SPDX-License-Identifier: MIT
// OpenSSL's types for headers that are included elsewhere as well, which have pointers to them only.
#pragma once

struct bio_method_st;
struct bio_st;
struct evp_pkey_st;
struct ssl_ctx_st;
struct ssl_session_st;
struct ssl_st;
struct x509_st;
struct X509_crl_st;

using BIO = bio_st;
using BIO_METHOD = bio_method_st;
using SSL = ssl_st;
using SSL_SESSION = ssl_session_st;
using X509 = x509_st;
