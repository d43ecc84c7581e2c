#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The Labyrinth authors
"""
Serves what an endpoint file yields, as dpdk-telemetry-exporter.py of DPDK 24.11
and later would: for tests where DPDK is older.

exporter.py SOCKET PORT ENDPOINT...
"""

import http.server
import importlib.util
import json
import os
import socket
import sys


class Telemetry:
    def __init__(self, path):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.sock.settimeout(5)
        self.sock.connect(path)
        self.most = json.loads(self.sock.recv(1024))["max_output_len"]

    def cmd(self, uri, arg=None):
        self.sock.send((uri if arg is None else f"{uri},{arg}").encode())
        return json.loads(self.sock.recv(self.most))[uri]


def load(path):
    name = os.path.splitext(os.path.basename(path))[0]
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def quoted(value):
    return str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def page(path, endpoints):
    lines = []
    telemetry = Telemetry(path)
    for endpoint in endpoints:
        info = endpoint.info()
        told = set()
        for name, value, labels in endpoint.metrics(telemetry):
            full = f"dpdk_{endpoint.__name__}_{name}"
            if full not in told:
                told.add(full)
                lines += [f"# HELP {full} {info[name][0]}", f"# TYPE {full} {info[name][1]}"]
            words = ", ".join(f'{key}="{quoted(word)}"' for key, word in labels.items())
            lines.append(f"{full}{{{words}}} {value}" if words else f"{full} {value}")
    telemetry.sock.close()
    return "\n".join(lines) + "\n"


def main():
    path, port, *files = sys.argv[1:]
    endpoints = [load(file) for file in files]
    sys.dont_write_bytecode = True

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            try:
                body = page(path, endpoints).encode()
            except OSError as error:
                print(f"{path}: the program does not answer: {error}", flush=True)
                self.send_error(503)
                return
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format, *args):
            pass

    http.server.HTTPServer(("127.0.0.1", int(port)), Handler).serve_forever()


if __name__ == "__main__":
    main()
