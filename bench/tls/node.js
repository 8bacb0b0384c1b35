// SPDX-License-Identifier: MIT
// The server with Node.js: MODE PEM ARGUMENT, as c.cpp.
'use strict';

const fs = require('fs');
const tls = require('tls');

const RECORD = 16384;

const handlers = {
    echo: () => (socket) => socket.on('data', (bytes) => socket.write(bytes)),

    receive: () => (socket) => socket.resume(),

    send: (bytes) => {
        const part = Buffer.alloc(RECORD);
        return (socket) => {
            let left = bytes / RECORD;
            const sendNext = () => (left-- > 0 ? socket.write(part, sendNext) : socket.end());
            sendNext();
        };
    },
};

const handler = handlers[process.argv[2]](process.argv[4]);
const pem = fs.readFileSync(process.argv[3]);
const server = tls.createServer({ key: pem, cert: pem, noDelay: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    handler(socket);
});
server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () => console.log(server.address().port));
