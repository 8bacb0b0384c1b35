-- SPDX-License-Identifier: MIT
-- Module net.tls with its configurations and sessions; the fields are described in api/methods.lua.

local shapes = require('api.methods.net.shapes')

local err, with = shapes.err, shapes.with

local ok = { name = 'ok', type = 'boolean', optional = true, says = 'true' }
local config = { name = 'config', type = 'net.tls.config', says = 'the configuration' }
local passphrase = { name = 'passphrase', type = 'string', optional = true, says = 'of the key, if it is encrypted' }
local libtls = 'tls_config_%s(3)'

local function text(name, says)
  return { name = name, type = 'string', says = says }
end

local function path(name, says)
  return { name = name, type = 'string', nul = false, says = says }
end

local function setter(name, says, params, source, note)
  return {
    name = name, says = says, params = params or {}, results = { ok, err }, errors = { 'TLS_CONFIG' },
    note = note, source = source or libtls:format(name),
  }
end

local function with_errors(errors, made)
  made.errors = errors
  return made
end

local function file_setter(name, says, params, note)
  return with_errors({ 'TLS_CONFIG', 'ENOENT', 'EACCES' }, setter(name, says, params, nil, note))
end

-- What cannot fail.
local function switch(...)
  return with_errors({}, setter(...))
end

local cert, key = text('cert', 'PEM: the certificate, and behind it those of its issuers'), text('key', 'PEM')
local staple = { name = 'staple', type = 'string', optional = true, says = 'an OCSP response, DER' }
local cert_file, key_file = path('cert', 'the path of such a file'), path('key', 'the path of such a file')
local staple_file = { name = 'staple', type = 'string', optional = true, nul = false, says = 'the path of such a file' }

local files_of_keypair = { cert_file, key_file, staple_file, passphrase }

local keypair_note = 'The key must belong to the certificate.'
local more_note = 'A server takes the keypairs whose certificate is for the name that a client asks for (SNI); of '
  .. 'several the kind that both prefer. Without a name, or for another, it takes the first.'

local setters = {
  setter('set_ca', 'Trusts these authorities only.', { text('pem', 'their certificates') }, nil,
    'Without any of these three a client trusts the authorities of the system, and a server nobody.'),
  file_setter('set_ca_file', 'Trusts the authorities of a file only.', { path('path', 'PEM') }),
  with_errors({ 'ENOENT', 'ENOTDIR', 'EACCES' }, setter('set_ca_path', 'Trusts the authorities of a directory.', {
    path('path', 'with hashed names: openssl-rehash(1)'),
  })),
  setter('set_cert', 'Sets the certificate.', { cert }),
  file_setter('set_cert_file', 'Sets the certificate.', { path('path', 'of such a file') }),
  setter('set_key', 'Sets the private key.', { key, passphrase }),
  file_setter('set_key_file', 'Sets the private key.', { path('path', 'of such a file'), passphrase }),
  setter('set_keypair', 'Sets the certificate and its key.', { cert, key, staple, passphrase }, nil, keypair_note),
  file_setter('set_keypair_file', 'Sets the certificate and its key.', files_of_keypair, keypair_note),
  setter('add_keypair', 'Adds another keypair of a server.', { cert, key, staple, passphrase }, nil, more_note),
  file_setter('add_keypair_file', 'Adds another keypair of a server.', files_of_keypair, more_note),
  switch('clear_keys', 'Forgets all keys, also those of tickets. Servers and clients that were made before keep them.'),
  setter('set_crl', 'Refuses what these lists revoke.', {
    text('pem', 'the lists of all authorities of the chain'),
  }, nil, 'From then on a chain is refused if one of its authorities has no list in there that is good now.'),
  file_setter('set_crl_file', 'Refuses what these lists revoke.', { path('path', 'of such a file') }),
  setter('set_ocsp_staple', 'Sets the OCSP response that a server sends with its certificate.', { text('der', 'DER') }),
  file_setter('set_ocsp_staple_file', 'Sets that response.', { path('path', 'of such a file') }),
  switch('ocsp_require_stapling', 'Refuses servers that send no good OCSP response. A bad one is refused always.'),
  setter('set_protocols', 'Sets the versions of the protocol.', {
    { name = 'protocols', type = 'integer|string', says = 'bits, or a list as of `parse_protocols`' },
  }, nil, 'TLS 1.2 and 1.3 unless it is asked for others. Those before 1.2 are broken, and need `set_ciphers` too.'),
  setter('set_ciphers', 'Sets the ciphers.', {
    text('names', "'secure' or 'default' (the usual), 'compat', 'legacy', 'insecure' or 'all'; or names of "
      .. 'openssl-ciphers(1); those that begin with TLS_ are suites of TLS 1.3'),
  }, nil, 'Names of suites alone leave the ciphers of TLS 1.2 as usual, and names of those alone the suites. None of '
    .. 'them makes certificates acceptable that are too weak.'),
  switch('prefer_ciphers_client', "Takes the cipher that the client prefers."),
  switch('prefer_ciphers_server', 'Takes the cipher that the server prefers: the usual.'),
  setter('set_ecdhecurves', 'Sets the groups for the exchange of keys.', {
    text('names', "such as 'X25519:P-256'; 'default'"),
  }),
  setter('set_dheparams', 'Sets how a server exchanges keys without elliptic curves.', {
    text('name', "'none' (the usual), 'auto' or 'legacy'"),
  }),
  setter('set_alpn', 'Sets the application protocols.', { text('names', "such as 'h2,http/1.1', the best first") }, nil,
    'A server that speaks none of those of a client refuses it (RFC 7301).'),
  setter('set_session_lifetime', 'Lets sessions be resumed for so long.', {
    { name = 'sec', type = 'integer', says = 'seconds; 0, the usual: none' },
  }),
  setter('set_session_id', 'Names the server whose sessions they are.', { text('id', '32 bytes at most') }, nil,
    'Without it the certificate names it.'),
  setter('add_ticket_key', 'Adds a key for session tickets, which servers of several processes share.', {
    { name = 'revision', type = 'integer', min = 0, max = 4294967295, says = 'a number that no other key has' },
    text('key', '48 random bytes'),
  }, nil, 'The last one encrypts; the three before it decrypt. Without any a server makes its own, and changes them. '
    .. 'Where `set_session_lifetime` has set none it is two hours from then on.'),
  with_errors({ 'EBADF', 'EPERM' }, setter('set_session_fd', 'Keeps the session of a client in a file.', {
    { name = 'fd', type = 'fd', optional = true, says = 'of a file that only this user can read; nil: none' },
  })),
  switch('verify', 'Verifies the certificate, its name and its time: the usual.'),
  switch('verify_client', 'Requires a certificate of clients, of an authority of `set_ca`.'),
  switch('verify_client_optional', 'Asks clients for such a certificate.'),
  setter('set_verify_depth', 'Limits the chain.', {
    { name = 'depth', type = 'integer', says = 'how many authorities may be between the certificate and the root (6)' },
  }),
  switch('insecure_noverifycert', 'Accepts certificates of anybody, for the right name: no protection against anybody '
    .. 'in between. What stapled responses say does not count either.'),
  switch('insecure_noverifyname', 'Accepts certificates for any name: whoever has one can be in between.'),
  switch('insecure_noverifytime', 'Accepts certificates, and stapled responses, that have expired or are not yet '
    .. 'valid.'),
  with_errors({ 'ENOENT', 'EACCES', 'EPERM', 'ELOOP' }, setter('set_keylog_file',
    'Appends the secrets of connections to a file, for programs such as Wireshark.', {
      path('path', 'of a file that only this user can read (EPERM), which is made if there is none; no symbolic link '
        .. '(ELOOP)'),
    }, 'SSL_CTX_set_keylog_callback(3)')),
}

local function query(name, type, says, source)
  return {
    name = name, says = says, params = {}, source = source,
    results = { { name = 'value', type = type, optional = true, says = 'nil where there is nothing to tell' } },
  }
end

local seconds = ', in seconds since 1970'

local queries = {
  query('conn_version', 'string', "Tells the version of the protocol, such as 'TLSv1.3'."),
  query('conn_cipher', 'string', 'Tells the cipher.'),
  query('conn_cipher_strength', 'integer', 'Tells its bits.'),
  query('conn_alpn_selected', 'string', 'Tells the application protocol.', 'RFC 7301'),
  query('conn_servername', 'string', 'Tells the name that the client asked for.', 'RFC 6066'),
  query('conn_session_resumed', 'boolean', 'Tells whether an earlier session was resumed.'),
  query('resumption', 'any', 'Gives the session for later connections to the same server: the option `resumption`.'),
  query('peer_cert_provided', 'boolean', 'Tells whether the peer has shown a certificate.'),
  query('peer_cert_subject', 'string', 'Tells whose certificate it is.', 'RFC 2253'),
  query('peer_cert_issuer', 'string', 'Tells who issued it.', 'RFC 2253'),
  query('peer_cert_hash', 'string', "Tells its digest: 'SHA256:' and hexadecimal digits."),
  query('peer_cert_notbefore', 'integer', 'Tells from when on it is valid' .. seconds .. '.'),
  query('peer_cert_notafter', 'integer', 'Tells until when it is valid' .. seconds .. '.'),
  query('peer_cert_chain_pem', 'string', 'Gives it, and those that the peer sent with it, PEM.'),
  query('peer_ocsp_url', 'string', 'Tells where its issuer answers OCSP requests.', 'RFC 6960'),
  query('peer_ocsp_response_status', 'integer', 'Tells the status of the stapled response; 0: successful.', 'RFC 6960'),
  query('peer_ocsp_cert_status', 'integer', 'Tells what it says: 0 good, 1 revoked, 2 unknown.', 'RFC 6960'),
  query('peer_ocsp_crl_reason', 'integer', 'Tells why the certificate was revoked.', 'RFC 5280'),
  query('peer_ocsp_revocation_time', 'integer', 'Tells when' .. seconds .. '.'),
  query('peer_ocsp_this_update', 'integer', 'Tells from when the response is' .. seconds .. '.'),
  query('peer_ocsp_next_update', 'integer', 'Tells until when it is good' .. seconds .. '.'),
  query('peer_ocsp_result', 'string', "Tells what came of the check: 'good', or what is wrong."),
  {
    name = 'peer_cert_contains_name',
    says = 'Tells whether the certificate of the peer is for this name.',
    params = { path('name', 'of a host, or an IP address') },
    results = { { name = 'contains', type = 'boolean', says = 'whether it is' } },
  },
  {
    name = 'export_key',
    says = 'Derives bytes that only both ends of the connection know.',
    params = {
      text('label', 'for what they are'),
      { name = 'size', type = 'integer', min = 1, max = 8160, says = 'how many' },
      { name = 'context', type = 'string', optional = true, says = 'what they depend on as well' },
    },
    results = { { name = 'key', type = 'string', optional = true, says = 'the bytes' } },
    source = 'RFC 8446, section 7.5; RFC 5705',
  },
  {
    name = 'channel_binding',
    says = 'Gives what binds an authentication to this connection.',
    params = { text('type', "'tls-exporter' or 'tls-server-end-point'") },
    results = { { name = 'binding', type = 'string', optional = true, says = 'nil for other types' } },
    source = 'RFC 9266; RFC 5929',
  },
}

local function optional_number(name, default, max, says)
  return { name = name, type = 'integer', optional = true, default = default, min = 0, max = max, says = says }
end

local again = {
  { name = 'again', type = 'boolean', optional = true, says = 'true if it would block' },
  { name = 'want', type = 'string', optional = true, says = "for what to wait then: 'read' or 'write'" },
}

local moving = {
  {
    name = 'handshake',
    says = 'Goes on with the handshake.',
    params = {},
    results = { ok, err, again[1], again[2] },
    errors = { 'TLS_PROTOCOL', 'TLS_TRUNCATED' },
    note = 'No method blocks.',
  },
  {
    name = 'read',
    says = 'Reads what there is.',
    params = { optional_number('size', '16384', shapes.int_max, 'at most so many bytes') },
    results = {
      { name = 'str', type = 'string', optional = true, says = 'the bytes; all results are nil at the end' }, err,
      again[1], again[2],
    },
    errors = { 'TLS_PROTOCOL', 'TLS_TRUNCATED' },
  },
  {
    name = 'write',
    says = 'Writes.',
    params = {
      text('str', 'the bytes'),
      optional_number('sent', '0', math.huge, 'how many of them went before'),
    },
    results = { { name = 'n', type = 'integer', optional = true, says = 'how many went' }, err, again[1], again[2] },
    errors = { 'TLS_PROTOCOL', 'EPIPE' },
  },
  {
    name = 'close',
    says = 'Says to the peer that nothing more comes.',
    params = {},
    results = { ok, err, again[1], again[2] },
    errors = { 'EPIPE' },
  },
}

local Session = {
  name = 'net.tls.session', called = 'net.tls.session', title = 'net.tls.session', object = 'session',
  summary = 'what is known of a connection and its peer: `sock:tls()`', methods = queries,
}

local descriptor = { name = 'fd', type = 'fd', says = "the descriptor, which stays the program's" }
local context = { name = 'context', type = 'net.tls.context', optional = true, says = 'the context' }

local Context = {
  name = 'net.tls.context', called = 'net.tls.context', title = 'net.tls.context', object = 'context',
  summary = 'one end of a connection, or a server, for programs that move the bytes themselves', methods = {
    {
      name = 'connect_socket',
      says = 'Begins a connection of a client over a descriptor.',
      params = {
        descriptor,
        { name = 'servername', type = 'string', optional = true, says = 'whom it speaks to: a host or an IP address' },
        { name = 'resumption', type = 'any', optional = true, says = 'what `resumption` of an earlier one gave' },
      },
      results = { ok, err },
      errors = { 'TLS_CONFIG', 'TLS_NO_NAME' },
      source = 'tls_connect_socket(3)',
    },
    {
      name = 'accept_socket',
      says = 'Begins a connection that a server has accepted, over a descriptor.',
      params = { descriptor },
      results = { context, err },
      errors = {},
      source = 'tls_accept_socket(3)',
    },
  },
}
for _, method in ipairs(moving) do
  table.insert(Context.methods, method)
end

local Config = {
  name = 'net.tls.config', called = 'net.tls.config', title = 'net.tls.config', object = 'config',
  summary = 'what programs ask of TLS: `tlscfg`',
  functions = {
    {
      name = 'new',
      says = 'Makes a configuration: TLS 1.2 and 1.3, and certificates are verified.',
      params = {},
      results = { config },
      note = 'What is set later is for clients and servers that are made then.',
    },
  },
  methods = setters,
}

return {
  name = 'tls',
  module = 'net.tls',
  summary = 'TLS: configurations, and what is known of connections',
  fields = {
    { name = 'available', type = 'boolean', says = 'whether this build has TLS; if not, the functions raise an error' },
    { name = 'config', type = 'net.tls.config', says = 'its function `new` makes configurations' },
  },
  functions = {
    {
      name = 'client',
      says = 'Makes a context of a client as libtls has it, for programs that move the bytes themselves.',
      params = { config },
      results = { context, err },
      errors = { 'TLS_CONFIG' },
      note = 'It has the methods of a [session](#nettlssession) as well.',
      source = 'tls_client(3)',
    },
    {
      name = 'server',
      says = 'The same for a server.',
      params = { config },
      results = { context, err },
      errors = { 'TLS_CONFIG' },
      source = 'tls_server(3)',
    },
    {
      name = 'parse_protocols',
      says = 'Reads a list of versions.',
      params = {
        text('list', "names of tlsv1.0 to tlsv1.3, 'default' or 'secure' (1.2 and 1.3), 'all', 'legacy' or 'tlsv1' "
          .. '(all four), with commas; `!` before one takes it away, from the default if it comes first'),
      },
      results = { { name = 'protocols', type = 'integer', optional = true, says = 'bits' }, err },
      errors = { 'TLS_CONFIG' },
      source = 'tls_config_parse_protocols(3)',
    },
    {
      name = 'load_file',
      says = 'Reads a file, and decrypts the key in it.',
      params = {
        path('path', 'PEM'), with(passphrase, { says = 'of the key; without it the file is given as it is' }),
      },
      results = { { name = 'pem', type = 'string', optional = true, says = 'what is in it' }, err },
      errors = { 'TLS_CONFIG', 'ENOENT' },
      source = 'tls_load_file(3)',
    },
    {
      name = 'default_ca_cert_file',
      says = 'Tells where the system has the authorities that it trusts.',
      params = {},
      results = { { name = 'path', type = 'string', says = 'of a file' } },
      source = 'tls_default_ca_cert_file(3)',
    },
  },
  others = { Config, Session, Context },
}
