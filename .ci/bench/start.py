#!/usr/bin/env python3
"""Seconds from starting the server to its first answer from the database, the middle one of five.

start.py BINARY PORT
"""

import http.client
import os
import signal
import statistics
import subprocess
import sys
import time

binary, port = sys.argv[1], int(sys.argv[2])
taken = []
for _ in range(5):
    environment = os.environ | {"SANFUWU_LISTEN": f"127.0.0.1:{port}", "SANFUWU_PUBLIC_URL": f"http://127.0.0.1:{port}"}
    began = time.monotonic()
    server = subprocess.Popen([binary, "serve"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while True:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                break
        except OSError:
            pass
        if time.monotonic() - began > 30:
            server.kill()
            sys.exit("no answer within 30 s")
        time.sleep(0.002)
    taken.append(time.monotonic() - began)
    server.send_signal(signal.SIGINT)
    server.wait(30)
print(f"{statistics.median(taken):.3f}")
