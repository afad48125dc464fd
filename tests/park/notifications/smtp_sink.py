"""A mail server on this machine that keeps what it gets, or refuses it."""

import socketserver
import threading
from types import TracebackType


class SmtpSink:
    """`refuse`: the answer to a command by its name, such as {"RCPT": "550 no such user"}."""

    def __init__(self, refuse: dict[str, str] | None = None) -> None:
        self.refuse = refuse or {}
        self.envelopes: list[tuple[str, list[str], bytes]] = []
        sink = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                sink.talk(self.rfile, self.wfile)

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]

    def talk(self, rfile: object, wfile: object) -> None:
        sender, recipients = "", []

        def say(line: str) -> None:
            wfile.write(line.encode() + b"\r\n")  # type: ignore[attr-defined]

        say("220 sink")
        while line := rfile.readline():  # type: ignore[attr-defined]
            text = line.decode().strip()
            verb = text.split(" ")[0].upper()
            if verb in self.refuse:
                say(self.refuse[verb])
            elif verb == "MAIL":
                sender = text.partition("<")[2].partition(">")[0]
                say("250 ok")
            elif verb == "RCPT":
                recipients.append(text.partition("<")[2].partition(">")[0])
                say("250 ok")
            elif verb == "DATA":
                say("354 go on")
                content = b""
                while (part := rfile.readline()) != b".\r\n":  # type: ignore[attr-defined]
                    content += part.removeprefix(b".")
                self.envelopes.append((sender, recipients, content))
                say("250 queued")
            elif verb == "QUIT":
                say("221 bye")
                return
            else:
                say("250 ok")

    def __enter__(self) -> "SmtpSink":
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.server.shutdown()
        self.server.server_close()
