# SPDX-License-Identifier: MIT
# The server with Python's asyncio, its protocols: MODE ARGUMENT, as c.cpp.

import asyncio
import sys

ROOM = 65536


class Handler(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport


class Echo(Handler):
    def __init__(self, _):
        pass

    def data_received(self, data):
        self.transport.write(data)


class Receive(Handler):
    def __init__(self, _):
        pass

    def data_received(self, data):
        pass


class Send(Handler):
    part = bytes(ROOM)

    def __init__(self, size):
        self.left = int(size) // ROOM
        self.can_write = True

    def connection_made(self, transport):
        super().connection_made(transport)
        self.resume_writing()

    def pause_writing(self):
        self.can_write = False

    def resume_writing(self):
        self.can_write = True
        while self.can_write and self.left > 0:
            self.left -= 1
            self.transport.write(self.part)
        if self.left == 0:  # not from here: what calls this closes a transport that is closing once more
            asyncio.get_running_loop().call_soon(self.transport.close)


class SendFile(Handler):
    def __init__(self, path):
        self.path = path

    def connection_made(self, transport):
        super().connection_made(transport)
        self.task = asyncio.ensure_future(self.send())

    async def send(self):
        with open(self.path, 'rb') as file:
            await asyncio.get_running_loop().sendfile(self.transport, file)
        self.transport.close()


handlers = {'echo': Echo, 'receive': Receive, 'send': Send, 'sendfile': SendFile}


async def main(mode, argument):
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: handlers[mode](argument), '127.0.0.1', 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main(*sys.argv[1:]))
