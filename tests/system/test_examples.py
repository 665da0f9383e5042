# SPDX-License-Identifier: Apache-2.0
"""The worked examples in conf/examples: each is a good configuration, and the daemon starts with it."""

import re

import pytest

from peers.ca import Authority
from peers.push_credentials import make_missing, write_service_account
from peers.wakeline import ROOT, Daemon
from test_operation import run

EXAMPLES = sorted((ROOT / "conf/examples").glob("*.yaml"))
# Nobody's addresses and names here; 127.0.0.0/8 is all ours.
HERE = {"203.0.113.10": "127.0.0.2", "192.168.1.10": "127.0.0.2", "10.0.0.4": "127.0.0.3", "10.0.0.5": "127.0.0.4",
        "pbx.example.com": "127.0.0.4", "sip.provider.example": "127.0.0.4"}


def files(folder):
    """What the examples have in /etc/wakeline."""
    authority = Authority(folder / "ca")
    chain, key = authority.server("sbc")
    tls, push = folder / "tls", folder / "push"
    tls.mkdir(), push.mkdir()
    for name in ("fullchain.pem", "sbc-chain.pem"):
        (tls / name).write_bytes(chain.read_bytes())
    for name in ("key.pem", "sbc-key.pem"):
        (tls / name).write_bytes(key.read_bytes())
    for name in ("phones-ca.pem", "pbx-ca.pem"):
        (tls / name).write_bytes(authority.cert.read_bytes())
    (tls / "phones-crl.pem").write_text(authority.revocation_list())
    make_missing(push)
    write_service_account(push, "https://oauth2.example.com/token")
    (folder / "users.yaml").write_text('"1001": {password: pw}\n')
    (folder / "provider.secret").write_text("secret\n")
    for file in folder.rglob("*"):
        if file.is_file():
            file.chmod(0o600)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_a_worked_example_is_good_and_the_daemon_runs_with_it(stage, example):
    folder = stage.folder / "etc"
    folder.mkdir()
    files(folder)
    text = example.read_text().replace("/etc/wakeline", str(folder))
    for theirs, here in HERE.items():
        text = text.replace(theirs, here)
    text += f"store: {{path: {folder}/wakeline.db}}\ncontrol: {{socket: {folder}/control.sock, http: \"off\"}}\n"
    daemon = Daemon(folder, text)
    checked = run("wakeline", "--check-config", "--config", daemon.config)
    assert checked.returncode == 0, checked.stderr
    said = [line for line in checked.stderr.splitlines() if not re.search(r"warning: push\.apps\.\w+.*cannot be found", line)]
    assert said == []
    stage.add(daemon, daemon.stop)
    daemon.start()
    assert daemon.json("status")["listeners"]


def test_there_is_an_example_of_each_kind():
    assert [path.stem for path in EXAMPLES] == ["internet-trunk", "mutual-tls", "voice-only"]
