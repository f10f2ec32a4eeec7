"""Tasks that need no library: each does one thing that a hostile file can bring about."""

import json
import os
import resource
import signal


def tasks():
    return {
        "echo": bytes,
        "fail": fail,
        "hunger": hunger,
        "endless": endless,
        "silence": silence,
        "speak": speak,
        "tell": tell,
    }


def fail(data):
    raise RuntimeError(data)


def hunger(data):
    return data * (512 << 20)


def endless(data):
    while True:
        pass


def silence(data):
    os.closerange(1, 32)
    signal.pause()


def speak(data):
    print("a library says", flush=True)
    os.write(1, data)
    return data


def tell(data):
    limits = (resource.RLIMIT_NOFILE, resource.RLIMIT_CORE, resource.RLIMIT_FSIZE)
    return json.dumps([resource.getrlimit(limit) for limit in limits]).encode()
