-- SPDX-License-Identifier: MIT
-- An authority of the demo's own, and a certificate of it for the address that httpd.lua serves at.

local shell = require('demo.shell')
local tls = require('net.tls')

local certificates = {}

local script = [[
exec 2>&1
cd %s
new='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'
sign='-CA authority -CAkey authority.key -set_serial 2 -days 1'
echo subjectAltName=IP:127.0.0.1 >names
openssl req -x509 $new -days 1 -subj '/CN=The demo' -keyout authority.key -out authority &&
openssl req $new -subj /CN=httpd -keyout key -out request &&
openssl x509 -req -in request $sign -extfile names -out certificate &&
echo; echo done]]

-- The paths authority, certificate and key, of files in a folder: or nil and why there are none.
function certificates.new(folder)
  if not tls.available then
    return nil, 'this build has no TLS'
  elseif not shell.succeeds('command -v openssl >/dev/null') then
    return nil, 'there is no openssl command'
  end
  local text = shell.output(script:format(shell.quote(folder)))
  if not text:find('\ndone\n$') then
    error('openssl failed: ' .. text, 0)
  end
  return { authority = folder .. '/authority', certificate = folder .. '/certificate', key = folder .. '/key' }
end

return certificates
