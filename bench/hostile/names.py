#!/usr/bin/env python3
"""R5: names and contents that would make a program open something else. Needs strace.

    bench/hostile/names.py PROGRAM

Each file lies in a folder with a canary that no list names. Under strace, nothing but the files that
were named is opened in that folder, and nothing is connected to.
"""

import itertools
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

NAMES = [b"a\nb.jpg", b"\xff\xfe.jpg", b"-rf", b"--help", b"concat:canary", b"subfile,,start,0,end,9,,:canary",
         b"http:", b"file:canary", b"img_%d.png", b"img_%03d.png", b"videotestsrc ! appsink", b"|id", b"$(id).jpg",
         b"`id`.jpg", b";id;.jpg", b"a b.jpg", b" leading", b"trailing ", b"'quote", b'"quote', b"*", b"?", b"[a]",
         b"~", b"\\", b"%s%n", b"\x1b[2J.jpg", b"\r.jpg", b"\x7f", "é.jpg".encode(), "\u202egpj.exe".encode(),
         b"CON", b".hidden", b"a" * 255, b"@list", b"data:image"]
CONTENTS = [b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\ncanary\n#EXT-X-ENDLIST\n",
            b"#EXTM3U\nfile://%s\n", b"#EXTM3U\nhttp://127.0.0.1:9/canary\n", b"ffconcat version 1.0\nfile canary\n",
            b"ffconcat version 1.0\nfile http://127.0.0.1:9/\n", b"v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\n",
            b"<?xml version='1.0'?><MPD><BaseURL>canary</BaseURL></MPD>", b"[playlist]\nFile1=canary\n",
            b"<asx><ref href='canary'/></asx>", b"<smil><body><video src='canary'/></body></smil>",
            b"<svg xmlns='http://www.w3.org/2000/svg'><image href='canary'/></svg>",
            b"<!DOCTYPE x [<!ENTITY e SYSTEM 'canary'>]><svg>&e;</svg>", b"%!PS\n(canary) run\n"]
EXTENSIONS = [".mp4", ".jpg", ".avi"]


def main():
    program = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        folder = os.fsencode(folder)
        canary = os.path.join(folder, b"canary")
        pathlib.Path(os.fsdecode(canary)).write_bytes(b"\xff\xd8\xff canary")
        files = {}
        for name in NAMES:
            files[name] = b"\x89PNG\r\n\x1a\n junk"
        for (i, content), extension in itertools.product(enumerate(CONTENTS), EXTENSIONS):
            files[b"list%d%s" % (i, extension.encode())] = content.replace(b"%s", canary)
        for name, content in files.items():
            with open(os.path.join(folder, name), "wb") as file:
                file.write(content)
        log = os.path.join(folder, b"log")
        listed = b"".join(b"./" + name + b"\0" for name in files)
        done = subprocess.run(["strace", "-f", "-qq", "-xx", "-s", "4096", "-e",
                               "trace=open,openat,openat2,connect,execve,creat", "-o", log, program, "hash", "-q",
                               "--format", "jsonl", "--null", "-"], input=listed, cwd=folder, capture_output=True,
                              check=False)
        assert done.returncode in (0, 3), done.stderr
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        assert [os.fsencode(row["path"]) for row in rows] == [b"./" + name for name in files]
        foreign = connects = programs = 0
        for line in open(log, errors="replace"):
            connects += "connect(" in line
            programs += "execve(" in line
            for text in re.findall(r'"((?:\\x[0-9a-f]{2})*)"', line):
                path = bytes.fromhex(text.replace("\\x", ""))
                if "open" in line and os.path.basename(path) == b"canary":
                    foreign += 1
        lists = sum(row["outcome"] == "policy_protocol" for row in rows)
        print(f"{len(files)} cases: {foreign} foreign opens, {connects} connects, {programs} programs started "
              f"(the program and its decoder); {lists} playlists named as such")
        assert foreign == 0 and connects == 0 and programs == 2


if __name__ == "__main__":
    main()
