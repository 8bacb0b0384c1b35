// SPDX-License-Identifier: MIT
// The server with Node.js: MODE ARGUMENT, as c.cpp.
'use strict';

const net = require('net');

const ROOM = 65536;

const handlers = {
    echo: () => (socket) => socket.on('data', (bytes) => socket.write(bytes)),

    receive: () => (socket) => socket.resume(),

    send: (bytes) => {
        const part = Buffer.alloc(ROOM);
        return (socket) => {
            let left = bytes / ROOM;
            const sendNext = () => (left-- > 0 ? socket.write(part, sendNext) : socket.end());
            sendNext();
        };
    },
};

const handler = handlers[process.argv[2]](process.argv[3]);
const server = net.createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    handler(socket);
});
server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () => console.log(server.address().port));
