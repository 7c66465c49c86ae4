"""A TCP proxy in a process of its own, with which a run cuts or stalls the network between one worker and the broker.

Usage: python network_proxy.py LISTEN:TARGET ... (ports of 127.0.0.1). It reads commands from standard input: `cut 0`, `stall 0`
and `heal 0`, with the number of a route. It ends when standard input closes, so it never outlives its run.

- cut: all connections are reset, and new ones are closed at once. A client sees a dead network.
- stall: nothing is forwarded, and connections stay open. A client sees a network that swallows packets.
- heal: connections are accepted and forwarded again; what was stalled arrives late, as TCP would deliver it.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from typing import Final

import uvloop

_CHUNK: Final = 262_144


class Route:
    """One listening port, and the port to which it forwards."""

    def __init__(self, listen: int, target: int) -> None:
        self._listen = listen
        self._target = target
        self._open: set[asyncio.StreamWriter] = set()
        self._is_cut = False
        self._flows = asyncio.Event()
        self._flows.set()

    async def serve(self) -> None:
        """Accept connections until the process ends."""
        server = await asyncio.start_server(self._accept, "127.0.0.1", self._listen)
        await server.serve_forever()

    def obey(self, command: str) -> None:
        """Cut, stall or heal this route."""
        self._is_cut = command == "cut"
        if command == "stall":
            self._flows.clear()
        else:
            self._flows.set()
        if self._is_cut:
            for writer in list(self._open):
                writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        both = {writer, far_writer}
        self._open |= both
        try:
            await asyncio.gather(self._forward(reader, far_writer), self._forward(far_reader, writer))
        finally:
            self._open -= both
            for one in both:
                one.transport.abort()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(_CHUNK):
                await self._flows.wait()
                writer.write(data)
                await writer.drain()
        writer.close()


async def _run(routes: list[Route]) -> None:
    commands = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(commands), sys.stdin
    )
    tasks = [asyncio.create_task(route.serve()) for route in routes]
    while line := (await commands.readline()).decode().split():
        routes[int(line[1])].obey(line[0])
    for task in tasks:
        task.cancel()


if __name__ == "__main__":
    uvloop.run(_run([Route(*map(int, argument.split(":"))) for argument in sys.argv[1:]]))
