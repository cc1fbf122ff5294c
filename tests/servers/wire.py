"""What may stand between a client and a server: a line that can be cut, and a server that says what a test writes down."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass
class Between:
    """A line to a server, at a port of its own. `cut()` breaks all connections; `after` does so once so many bytes came
    from the server."""

    port: int
    after: int | None = None
    came: int = 0
    host: str = "127.0.0.1"
    _open: list[socket.socket] = field(default_factory=list)

    def cut(self) -> None:
        """Break all connections now."""
        for sock in self._open:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        self._open.clear()

    def _carry(self, source: socket.socket, target: socket.socket, *, counted: bool) -> None:
        with contextlib.suppress(OSError), source, target:
            while data := source.recv(65536):
                if counted:
                    self.came += len(data)
                    if self.after is not None and self.came >= self.after:
                        self.after = None
                        self.cut()
                        return
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def between(port: int, after: int | None = None) -> Iterator[Between]:
    """A line to the server at `port` of loopback."""
    with _listening() as listener:
        line = Between(listener.getsockname()[1], after)

        def serve(client: socket.socket) -> None:
            server = socket.create_connection(("127.0.0.1", port))
            line._open += [client, server]
            back = threading.Thread(target=line._carry, args=(server, client), kwargs={"counted": True}, daemon=True)
            back.start()
            line._carry(client, server, counted=False)

        with _accepting(listener, serve):
            yield line
        line.cut()


@contextlib.contextmanager
def scripted(talk: Callable[[socket.socket], object]) -> Iterator[int]:
    """The port of a server that does with each connection what `talk` does, and then ends it."""
    with _listening() as listener:

        def serve(client: socket.socket) -> None:
            with contextlib.suppress(OSError), client:
                talk(client)

        with _accepting(listener, serve):
            yield listener.getsockname()[1]


@contextlib.contextmanager
def _listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


@contextlib.contextmanager
def _accepting(listener: socket.socket, serve: Callable[[socket.socket], None]) -> Iterator[None]:
    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                threading.Thread(target=serve, args=(client,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)  # wakes up the thread
        thread.join(timeout=10)
