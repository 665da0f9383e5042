# SPDX-License-Identifier: Apache-2.0
"""What monitoring gets: Prometheus reads the metrics, its alerts say what happened, the dashboard asks for what there is,
and fail2ban finds attackers in the log. Proves: EM-API-02, EM-LOG-01."""

import asyncio
import json
import re
import socket
import subprocess

from peers.wakeline import ROOT
from test_wake import until

RULES = ROOT / "conf/prometheus/wakeline.rules.yml"
DASHBOARD = ROOT / "conf/grafana/wakeline.json"
FILTER = ROOT / "conf/fail2ban/wakeline.conf"
# Declared when what they count is configured.
ONLY_WITH_LIMITS = {"wakeline_call_capacity_used", "wakeline_call_capacity_allowed"}


def promtool(*words, **options):
    return subprocess.run(["promtool", *map(str, words)], capture_output=True, text=True, timeout=60, check=False, **options)


def test_promtool_takes_the_metrics_and_the_alerts_and_dashboard_ask_for_what_there_is(stage):
    site = stage.site()
    site.use_pbx(5999)
    page = site.start().ctl("metrics").stdout
    checked = promtool("check", "metrics", input=page)
    assert checked.returncode in (0, 3), checked.stderr  # 3: only matters of taste
    assert not re.search(r"error|parsing", checked.stderr), checked.stderr
    there = set(re.findall(r"^# TYPE (\w+)", page, re.M)) | ONLY_WITH_LIMITS
    asked = set(re.findall(r"wakeline_\w+", RULES.read_text()))
    asked |= {name for panel in json.loads(DASHBOARD.read_text())["panels"] for target in panel["targets"]
              for name in re.findall(r"wakeline_\w+", target["expr"])}
    assert asked - there == set()


def test_the_alerts_fire_when_and_only_when_they_should(tmp_path):
    assert promtool("check", "rules", RULES).returncode == 0
    story = (ROOT / "tests/system/wakeline_rules_test.yml").read_text().replace("RULES", str(RULES))
    (tmp_path / "test.yml").write_text(story)
    tried = promtool("test", "rules", tmp_path / "test.yml")
    assert tried.returncode == 0, tried.stdout + tried.stderr


def banned(log):
    """How many lines of the log fail2ban's filter finds, by address."""
    found = subprocess.run(["fail2ban-regex", "--print-all-matched", log, FILTER], capture_output=True, text=True,
                           timeout=60, check=False)
    assert found.returncode == 0, found.stdout + found.stderr
    return found.stdout


def test_fail2ban_finds_wrong_passwords_bad_handshakes_and_garbage_in_the_log(stage):
    async def story():
        site = stage.site()
        users, log = site.folder / "users.yaml", site.folder / "file.log"
        users.write_text('"1001": {password: right}\n')
        users.chmod(0o600)
        site.settings["registration"] = {"mode": "local", "users": str(users), "spread": 0}
        site.settings["log"] = {"level": "med", "target": "file", "file": str(log), "rotate": True}
        port = site.add_listener("tcp")
        site.start()
        good = site.phone("1001", "right")
        await good.connect()
        assert (await good.register()).status == 200
        thief = site.phone('1001', "guessed")
        await thief.connect()
        assert (await thief.register()).status in (401, 403)
        for at in (site.ports["mtls"], port):
            with socket.create_connection((site.host, at), 5) as garbage:
                garbage.sendall(b"address=192.0.2.99 " * 4 + b"\r\n\r\n")
        await until(lambda: all(word in log.read_text() for word in
                                ("wrong password", "TLS connection refused", "is no SIP message")), 10)
        said = await asyncio.to_thread(banned, log)
        matched = re.search(r"(\d+) matched", said)
        assert int(matched[1]) >= 3, said
        for sentence in ("wrong password address=127.0.0.1", "TLS connection refused", "what it sent is no SIP message"):
            assert sentence in said.partition("Matched line(s):")[2], said
        assert "bindings loaded" not in said.partition("Matched line(s):")[2].partition("Missed")[0]

    stage.play(story())
