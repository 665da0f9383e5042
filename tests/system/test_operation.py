# SPDX-License-Identifier: Apache-2.0
"""What an administrator does with the programs: check, start, look, reload, stop. Proves: SBC-OPS-01, SBC-OPS-02, SBC-OPS-03,
SBC-OPS-05, SBC-DIAG-01, SBC-DIAG-05, SBC-AUTH-07."""

import asyncio
import ctypes
import errno
import os
import pathlib
import re
import signal
import socket
import subprocess
import time

import pytest

from peers.site import yaml_text
from peers.wakeline import BUILD
from test_wake import TOKEN, media, site_with_phone, until


# Prometheus' text format 0.0.4.
METRIC = re.compile(r'# (HELP|TYPE) [a-z_]+ .+|[a-z_]+({[a-z_]+="[^"\\\\]*"(,[a-z_]+="[^"\\\\]*")*})? -?[0-9]+')


def run(program, *words):
    return subprocess.run([BUILD / program, *map(str, words)], capture_output=True, text=True, timeout=20, check=False)


def write(folder, text):
    file = folder / "wakeline.yaml"
    file.write_text(text)
    return file


def test_a_good_configuration_passes_the_check_and_prints_itself(stage):
    site = stage.site()
    site.use_pbx(5999)
    file = write(stage.folder, yaml_text(site.settings))
    checked = run("wakeline", "--check-config", "--config", file)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, f"{file}: good\n", "")
    printed = run("wakeline", "--print-config", "--config", file)
    assert printed.returncode == 0
    again = write(stage.folder, printed.stdout)
    assert run("wakeline", "--print-config", "--config", again).stdout == printed.stdout


def test_a_bad_configuration_is_refused_with_every_problem_and_exit_status_2(tmp_path):
    file = write(tmp_path, "push:\n  hol: 3s\n  probe: 5y\naccess:\n  listeners:\n"
                           "    - {name: tls, transport: tls, port: 5061, certificate: nobody}\n")
    for options in (["--check-config"], []):
        refused = run("wakeline", *options, "--config", file)
        assert refused.returncode == 2
        assert f"{file}:2: push.hol: is not a setting; did you mean hold?" in refused.stderr
        assert f"{file}:3: push.probe: must be a time from 100ms to 30s" in refused.stderr
        assert f'{file}:6: access.listeners[0].certificate: names the certificate "nobody"' in refused.stderr


def test_wrong_usage_is_exit_status_2_and_help_is_good():
    for program in ("wakeline", "wakelinectl"):
        assert run(program, "--frobnicate").returncode == 2
        assert run(program, "--help").returncode == 0
        assert program in run(program, "--version").stdout
    assert run("wakelinectl", "frobnicate").returncode == 2
    assert run("wakelinectl").returncode == 2


def test_without_a_daemon_wakelinectl_says_what_to_do(tmp_path):
    result = run("wakelinectl", "--socket", tmp_path / "no.sock", "status")
    assert result.returncode == 1
    assert "Is the daemon running?" in result.stderr


def test_status_shows_the_site_and_no_secret(stage):
    site = stage.site()
    site.use_pbx(5999)
    daemon = site.start()
    status = daemon.json("status")
    assert {listener["name"] for listener in status["listeners"] if listener["side"] == "phones"} == {"tls", "mtls"}
    assert status["trunks"][0]["name"] == "pbx"
    assert status["log_level"] == "max"
    assert "devices registered: 0" in daemon.ctl("status").stdout
    assert daemon.ctl("call", "nothing", check=False).returncode == 1
    assert daemon.ctl("push", "test", "1001", check=False).returncode == 1
    assert oct(daemon.socket.stat().st_mode & 0o777) == "0o660"
    assert oct((site.folder / "wakeline.db").stat().st_mode & 0o777) == "0o600"


def test_a_second_daemon_on_the_same_addresses_fails_with_the_reason(stage):
    site = stage.site()
    site.start()
    settings = {**site.settings, "control": {"socket": str(site.folder / "other.sock"), "http": "off"},
                "store": {"type": "sqlite", "path": str(site.folder / "other.db")}}
    second = run("wakeline", "--config", write(stage.folder, yaml_text(settings)))
    assert second.returncode == 1
    assert "Address already in use" in second.stderr


def test_a_reload_applies_what_it_can_and_refuses_a_bad_file(stage):
    site = stage.site()
    daemon = site.start()
    site.settings["push"]["hold"] = "20s"
    site.settings["log"]["level"] = "med"
    site.settings["node"] = "renamed"
    daemon.config.write_text(yaml_text(site.settings))
    report = daemon.json("reload")
    assert report["applied"] and set(report["changed"]) == {"push.hold", "log.level"}
    assert report["restart_needed"] == ["node"]
    assert daemon.json("status")["log_level"] == "med"

    daemon.config.write_text("push: {hold: never}\n")
    refused = daemon.ctl("reload", check=False)
    assert refused.returncode == 1
    assert "push.hold: must be a time" in refused.stdout
    daemon.process.send_signal(signal.SIGHUP)
    assert daemon.json("status")["node"] == "test"


def test_the_log_level_changes_while_it_runs(stage):
    daemon = stage.site().start()
    assert daemon.ctl("log-level").stdout == "max\n"
    assert daemon.ctl("log-level", "min").stdout == "min\n"
    assert daemon.ctl("log-level").stdout == "min\n"
    assert daemon.ctl("log-level", "loud", check=False).returncode == 1


def test_http_tells_anybody_the_status_and_metrics_but_not_who_calls(stage):
    site = stage.site()
    site.start()
    base = f"http://127.0.0.1:{site.ports['http']}"

    def fetch(path, *options):
        return subprocess.run(["curl", "-s", "-o", "-", "-w", "%{http_code}", *options, base + path],
                              capture_output=True, text=True, timeout=10, check=True).stdout
    assert fetch("/v1/status").endswith("200")
    page = fetch("/metrics")
    assert "# TYPE wakeline_registrar_bindings gauge" in page
    assert [line for line in page.splitlines()[:-1] if not METRIC.fullmatch(line)] == []  # Prometheus would drop them all
    assert fetch("/v1/calls").endswith("403")
    assert fetch("/v1/reload", "-X", "POST").endswith("403")


def test_it_stops_within_five_seconds_and_leaves_no_socket(stage):
    site = stage.site()
    daemon = site.start()
    started = time.monotonic()
    assert daemon.stop() == 0
    assert time.monotonic() - started < 5
    assert not daemon.socket.exists()


def test_systemd_hears_of_the_start_the_reload_and_the_end(stage, monkeypatch):
    path = stage.folder / "notify.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
        notify.bind(str(path))
        notify.settimeout(5)
        monkeypatch.setitem(os.environ, "NOTIFY_SOCKET", str(path))
        monkeypatch.setitem(os.environ, "WATCHDOG_USEC", "300000")

        def heard(word):
            deadline = time.monotonic() + 5
            while time.monotonic() < deadline:
                if word in notify.recv(4096).decode():
                    return True
            return False
        daemon = stage.site().start()
        monkeypatch.delitem(os.environ, "NOTIFY_SOCKET")
        assert heard("READY=1")
        assert heard("WATCHDOG=1")
        daemon.process.send_signal(signal.SIGHUP)
        assert heard("RELOADING=1")
        assert heard("READY=1")
        daemon.process.send_signal(signal.SIGTERM)
        assert heard("STOPPING=1")


PTRACE_ATTACH, PTRACE_DETACH, WALL = 16, 17, 0x40000000


class Frozen:
    """One thread of a process that does not run any more, for a while; the others do."""

    def __init__(self, process, name):
        tasks = pathlib.Path(f"/proc/{process.pid}/task").iterdir()
        [self.thread] = [int(task.name) for task in tasks if (task / "comm").read_text().strip() == name]
        self.libc = ctypes.CDLL(None, use_errno=True)

    def _ptrace(self, request):
        if self.libc.ptrace(ctypes.c_long(request), ctypes.c_long(self.thread), None, None) != 0:
            if ctypes.get_errno() == errno.EPERM:
                pytest.skip("this machine lets nobody trace processes")
            raise OSError(ctypes.get_errno(), "ptrace")

    def __enter__(self):
        self._ptrace(PTRACE_ATTACH)
        os.waitpid(self.thread, WALL)

    def __exit__(self, *_):
        self._ptrace(PTRACE_DETACH)


def test_systemd_hears_nothing_while_one_thread_hangs_and_would_restart_the_daemon(stage, monkeypatch):
    path = stage.folder / "notify.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
        notify.bind(str(path))
        notify.settimeout(10)
        monkeypatch.setitem(os.environ, "NOTIFY_SOCKET", str(path))
        monkeypatch.setitem(os.environ, "WATCHDOG_USEC", "900000")
        daemon = stage.site().start()
        while "WATCHDOG=1" not in notify.recv(4096).decode():
            pass
        with Frozen(daemon.process, "wakeline-media"):
            while "a thread hangs" not in daemon.log.read_text():
                time.sleep(0.02)
            notify.setblocking(False)
            try:
                while notify.recv(4096):
                    pass
            except BlockingIOError:
                pass
            notify.settimeout(1)  # three meals are due
            with pytest.raises(TimeoutError):
                notify.recv(4096)
        notify.settimeout(10)
        assert "WATCHDOG=1" in notify.recv(4096).decode()


def test_a_stop_answers_held_calls_503_and_ends_the_others_with_bye(stage):
    async def story():
        site, pbx, phone = await site_with_phone(stage)
        talking = pbx.call("1001", (await media(stage)).sdp())
        await phone.answer_call(await media(stage, suite="AES_CM_128_HMAC_SHA1_80"))
        pbx.ack(pbx.dialog_as_caller(talking, await pbx.expect(200)), 1)
        phone.sleep()
        held = pbx.call("1001", (await media(stage)).sdp())
        await until(lambda: site.daemon.json("status")["calls"] == {"held": 1, "ringing": 0, "established": 1})
        site.daemon.process.send_signal(signal.SIGTERM)
        pbx.ack_failure(held, await pbx.expect(503))
        pbx.answer(await pbx.expect("BYE"), 200, "OK")
        await asyncio.to_thread(site.daemon.process.wait, 5)
        assert site.daemon.process.returncode == 0

    stage.play(story())


def test_a_reload_keeps_calls_and_registrations(stage):
    async def story():
        site, pbx, phone = await site_with_phone(stage)
        desk, mobile = await media(stage), await media(stage, suite="AES_CM_128_HMAC_SHA1_80")
        invite = pbx.call("1001", desk.sdp())
        _, dialog = await phone.answer_call(mobile)
        answer = await pbx.expect(200)
        desk.learn(answer.body)
        pbx.ack(pbx.dialog_as_caller(invite, answer), 1)
        assert site.daemon.json("reload")["applied"]
        desk.start(), mobile.start()
        await asyncio.gather(desk.until_received(10), mobile.until_received(10))
        assert site.daemon.json("registrations")[0]["state"] == "awake"
        assert (await phone.bye(dialog)).status == 200
        pbx.answer(await pbx.expect("BYE"), 200, "OK")

    stage.play(story())


def test_a_test_push_reaches_the_phone_and_is_marked_so(stage):
    """proves: SBC-PUSH-08"""

    async def story():
        site, _, phone = await site_with_phone(stage)
        phone.sleep()
        [result] = await asyncio.to_thread(site.daemon.json, "push", "test", "1001")
        assert result["outcome"] == "accepted"
        assert (await site.push.expect_push(TOKEN))["payload"]["test"] is True
        shown = await asyncio.to_thread(site.daemon.ctl, "push", "test", "1001")
        assert "accepted after" in shown.stdout and TOKEN not in shown.stdout

    stage.play(story())


def test_in_mode_local_the_users_file_says_who_may_register_and_a_reload_reads_it_again(stage):
    """proves: SBC-AUTH-01, SBC-AUTH-07"""

    async def story():
        site = stage.site()
        users = site.folder / "users.yaml"
        users.write_text('"1001": {password: pw}\n')
        users.chmod(0o600)
        site.settings["registration"] = {"mode": "local", "users": str(users)}
        daemon = site.start()
        first, second = site.phone("1001", "pw"), site.phone("1002", "other")
        for phone in (first, second):
            await phone.connect()
        assert (await first.register()).status == 200
        assert (await second.register()).status in (401, 403)
        users.write_text('"1001": {password: pw}\n"1002": {password: other}\n')
        assert daemon.json("reload")["applied"]
        assert (await second.register()).status == 200
        users.write_text('"1001": {passwort: pw}\n')
        assert daemon.ctl("reload", check=False).returncode == 1
        assert "pw" not in daemon.log.read_text().replace("passwort", "")

    stage.play(story())
