"""A TCP proxy that breaks connections, as a tunnel or a switch between networks does."""

import socket
import threading


class Proxy:
    """Forwards connections from a free port of loopback to another port."""

    def __init__(self, port):
        self.target = port
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.lost_answers = 0
        self.max_answer_bytes = None
        self.is_up = True
        self.open = set()
        self._start(self._accept)

    def lose_answers(self, count):
        """Passes on the next POST requests, and closes their connections instead of passing on the answers."""
        self.lost_answers = count

    def cut_answer_after(self, count):
        """Closes the connection that first passes on more bytes of answers than this number."""
        self.max_answer_bytes = count

    def down(self):
        """Closes all connections, and refuses new ones."""
        self.is_up = False
        for connection in list(self.open):
            self._close(connection)

    def up(self):
        self.is_up = True

    def close(self):
        self.down()
        self.listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            if not self.is_up:
                client.close()
                continue
            server = socket.create_connection(("127.0.0.1", self.target))
            self.open |= {client, server}
            state = {"is_post": False}
            self._start(self._forward, client, server, state, True)
            self._start(self._forward, server, client, state, False)

    def _forward(self, source, sink, state, is_request):
        passed = 0
        try:
            while data := source.recv(4096):
                passed += len(data)
                if is_request:
                    state["is_post"] = state["is_post"] or data.startswith(b"POST ")
                elif state["is_post"] and self.lost_answers > 0:
                    self.lost_answers -= 1
                    break
                elif self.max_answer_bytes is not None and passed > self.max_answer_bytes:
                    self.max_answer_bytes = None
                    break
                sink.sendall(data)
        except OSError:
            pass
        self._close(source)
        self._close(sink)

    def _close(self, connection):
        self.open.discard(connection)
        try:
            connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        connection.close()

    @staticmethod
    def _start(target, *arguments):
        threading.Thread(target=target, args=arguments, daemon=True).start()
