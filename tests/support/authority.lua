-- SPDX-License-Identifier: MIT
-- Certificate authorities for tests, made by the openssl command in a new directory. What they issue is made once.

local busted = require('busted')
local peers = require('peers')

local unpack = table.unpack or unpack

local authority = {}

local config = [[
[ca]
default_ca = ours
[ours]
database = %s/index.txt
new_certs_dir = %s
serial = %s/serial
crlnumber = %s/crlnumber
default_md = sha256
policy = any
unique_subject = no
copy_extensions = none
[any]
commonName = optional
[req]
distinguished_name = name
[name]
]]

local keys = {
  rsa = { 'rsa', '-pkeyopt', 'rsa_keygen_bits:2048' },
  ecdsa = { 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256' },
  ed25519 = { 'ed25519' },
}

local read, write = peers.read, peers.write

-- Runs the openssl command; if it fails, what it wrote is told.
local function openssl(...)
  local output, status = peers.run({ 'sh', '-c', 'exec openssl "$@" 2>&1', 'openssl', ... })
  assert(status == 0, output)
end

local Authority = {}
Authority.__index = Authority

local count = 0

local function new_name()
  count = count + 1
  return 'c' .. count
end

-- A directory that is there until all tests are over.
local function new_directory()
  local path = peers.directory(true)
  busted.subscribe({ 'suite', 'end' }, function()
    peers.remove(path)
    return nil, true -- other subscribers go on
  end)
  write(path .. '/openssl.cnf', config:format(path, path, path, path))
  write(path .. '/index.txt', '')
  write(path .. '/serial', '1000\n')
  write(path .. '/crlnumber', '01\n')
  return path
end

function Authority:path(name)
  return self.directory .. '/' .. name
end

function Authority:openssl(command, ...)
  return openssl(command, '-config', self:path('openssl.cnf'), ...)
end

-- Signs by openssl-ca(1).
function Authority:sign(...)
  return self:openssl('ca', '-batch', '-notext', '-cert', self.cert, '-keyfile', self.key, ...)
end

function Authority:new_key(kind)
  local path = self:path(new_name() .. '.key')
  openssl('genpkey', '-out', path, '-algorithm', unpack(keys[kind or 'ecdsa']))
  return path
end

-- An authority with a self-signed certificate.
function authority.new(name, kind)
  local self = setmetatable({ directory = new_directory() }, Authority)
  self.key, self.cert = self:new_key(kind), self:path('ca.pem')
  self:openssl('req', '-x509', '-new', '-key', self.key, '-out', self.cert, '-days', '30', '-subj',
    '/CN=' .. (name or 'Test CA'), '-addext', 'basicConstraints=critical,CA:TRUE', '-addext',
    'keyUsage=critical,keyCertSign,cRLSign,digitalSignature', '-addext', 'subjectKeyIdentifier=hash')
  return self
end

-- A time so many seconds from now, as certificates have it.
local function time(seconds)
  return os.date('!%y%m%d%H%M%SZ', os.time() + seconds)
end

-- What a certificate has unless it is said otherwise.
local function extensions_of(what)
  local lines = what.extensions or {
    'basicConstraints=critical,CA:FALSE',
    'keyUsage=critical,digitalSignature,keyEncipherment',
  }
  local list = { table.concat(lines, '\n') }
  if what.san ~= false then
    list[#list + 1] = 'subjectAltName=' .. (what.san or 'DNS:localhost,IP:127.0.0.1,IP:::1')
  end
  list[#list + 1] = 'subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid'
  return table.concat(list, '\n') .. '\n'
end

-- A certificate and its key, as paths: { cert, key }. Fields:
--   name        its common name ('server')
--   san         the names that it is for, as openssl-x509v3_config(5) writes them; false: none
--   from, to    seconds from now in which it is valid
--   key         'rsa', 'ecdsa' (the default) or 'ed25519'
--   extensions  a list of lines, in place of the usual ones
--   digest      that the authority signs ('sha256')
function Authority:issue(what)
  what = what or {}
  local made = { name = new_name() }
  made.key = self:new_key(what.key)
  made.cert = self:path(made.name .. '.pem')
  local request, extensions = self:path(made.name .. '.csr'), self:path(made.name .. '.ext')
  write(extensions, extensions_of(what))
  self:openssl('req', '-new', '-key', made.key, '-out', request, '-subj', '/CN=' .. (what.name or 'server'))
  self:sign('-in', request, '-out', made.cert, '-startdate', time(what.from or -3600), '-enddate',
    time(what.to or 86400), '-extfile', extensions, '-md', what.digest or 'sha256')
  return made
end

-- An authority below this one. Its `chain` is its own certificate and those above it, without the root.
function Authority:below(name, extensions, digest)
  local made = self:issue({
    name = name,
    digest = digest,
    san = false,
    extensions = extensions or {
      'basicConstraints=critical,CA:TRUE',
      'keyUsage=critical,keyCertSign,cRLSign,digitalSignature',
    },
  })
  return setmetatable({
    directory = new_directory(), key = made.key, cert = made.cert, chain = read(made.cert) .. (self.chain or ''),
  }, Authority)
end

-- Puts the certificates of the authority behind what it issued: the path of the file.
function Authority:with_chain(made)
  local path = self:path(made.name .. '.chain.pem')
  write(path, read(made.cert) .. (self.chain or ''))
  return path
end

function Authority:revoke(made)
  self:sign('-revoke', made.cert)
end

-- The list of what was revoked, PEM. from, to: seconds from now in which it is valid.
function Authority:crl(from, to)
  local path = self:path('crl.pem')
  self:sign('-gencrl', '-crl_lastupdate', time(from or 0), '-crl_nextupdate', time(to or 86400), '-out', path)
  return read(path)
end

-- An OCSP response for a certificate, DER; `...`: more words for openssl-ocsp(1).
function Authority:ocsp(made, ...)
  local path = self:path(made.name .. '.ocsp')
  openssl('ocsp', '-issuer', self.cert, '-cert', made.cert, '-index', self:path('index.txt'), '-CA', self.cert,
    '-rsigner', self.cert, '-rkey', self.key, '-respout', path, '-noverify', ...)
  return read(path)
end

return authority
