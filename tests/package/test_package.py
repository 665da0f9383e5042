# SPDX-License-Identifier: Apache-2.0
"""The Debian package: what is in it, how it is upgraded, and a call through the daemon that its unit starts. Proves:
SBC-OPS-01."""

import asyncio
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import socket
import subprocess

from conftest import FOLDER
from peers.pbx import Pbx
from peers.rtp import Media
from peers.site import DOMAIN, Site, yaml_text

UNIT = "lib/systemd/system/wakeline.service"
CONFIG = "etc/wakeline/wakeline.yaml"
TOKEN = "cd" * 32
# What systemd would do to the process, as far as a folder can: its user, and no capability but the unit's.
AS_UNIT = ("setpriv", "--reuid=wakeline", "--regid=wakeline", "--init-groups", "--no-new-privs",
           "--bounding-set=-all,+net_bind_service")


def run(*words, **options):
    return subprocess.run([*map(str, words)], capture_output=True, text=True, check=False, **options)


def inside(root, *words):
    return run("chroot", root, *words, env={**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"})


def unit_lines(root):
    """(key, value) of the unit's lines, in their order."""
    text = (root / UNIT).read_text()
    return [tuple(line.split("=", 1)) for line in text.splitlines() if "=" in line and not line.startswith("#")]


def commands(root, key):
    return [shlex.split(value) for name, value in unit_lines(root) if name == key]


def test_lintian_finds_nothing(root):
    found = run("lintian", "--fail-on", "error,warning", *(FOLDER / "deb").glob("*.changes"))
    assert (found.returncode, found.stdout) == (0, "")


def test_the_package_brings_programs_manuals_a_unit_and_its_user(root):
    for path in ("usr/sbin/wakeline", "usr/bin/wakelinectl", UNIT, CONFIG, "usr/share/man/man8/wakeline.8.gz",
                 "usr/share/man/man5/wakeline.yaml.5.gz", "usr/share/man/man1/wakelinectl.1.gz",
                 "usr/share/man/man7/wakeline-tutorial.7.gz", "usr/share/doc/wakeline/examples/voice-only.yaml",
                 "usr/share/bash-completion/completions/wakelinectl"):
        assert (root / path).is_file(), path
    assert inside(root, "id", "wakeline").returncode == 0
    conffiles = inside(root, "dpkg-query", "-W", "-f", "${Conffiles}", "wakeline").stdout
    assert f"/{CONFIG}" in conffiles
    assert inside(root, "wakeline", "--check-config").returncode == 0


def test_each_directive_of_the_unit_has_its_reason(root):
    """A comment stands above each line, or above the lines that it is about together."""
    lines = (root / UNIT).read_text().partition("[Service]")[2].partition("[Install]")[0].splitlines()
    said = {"Type", "User", "Group"}  # what they are says why
    for number, line in enumerate(lines):
        if line.startswith("#") or "=" not in line or line.split("=")[0] in said:
            continue
        above = number
        while lines[above] and not lines[above].startswith("#"):
            above -= 1
        assert lines[above].startswith("#"), line


def test_systemd_takes_the_unit_and_finds_it_safe(root):
    checked = run("systemd-analyze", "verify", "--root", root, "--man=no", "wakeline.service")
    assert "wakeline.service" not in checked.stderr, checked.stderr
    rated = run("systemd-analyze", "security", "--offline=true", f"--root={root}", "--threshold=20", "wakeline.service")
    assert rated.returncode == 0, rated.stdout
    kept = dict(unit_lines(root))
    assert kept["Type"] == "notify" and "WatchdogSec" in kept and "ExecReload" in kept
    assert kept["CapabilityBoundingSet"] == "CAP_NET_BIND_SERVICE"


def packed_again(root, version, edit):
    """The same package with another version and `edit` done to its files, inside `root`."""
    folder = root / "root/again"
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run(["dpkg-deb", "-R", root / "root/wakeline.deb", folder], check=True)
    control = folder / "DEBIAN/control"
    control.write_text(re.sub(r"^Version: .*", f"Version: {version}", control.read_text(), flags=re.M))
    edit(folder)
    subprocess.run(["dpkg-deb", "-b", folder, root / "root/again.deb"], check=True, capture_output=True)
    shutil.rmtree(folder)
    return "/root/again.deb"


def test_an_upgrade_keeps_the_administrators_configuration(root):
    config = root / CONFIG
    shipped = config.read_text()
    config.write_text("node: mine\n")
    try:
        again = packed_again(root, "9.1", lambda folder: None)
        upgraded = inside(root, "dpkg", "-i", again)
        assert upgraded.returncode == 0, upgraded.stderr
        assert config.read_text() == "node: mine\n"

        def edit(folder):
            (folder / CONFIG).write_text(shipped + "# more\n")
        again = packed_again(root, "9.2", edit)
        upgraded = inside(root, "dpkg", "--force-confdef", "--force-confold", "-i", again)
        assert upgraded.returncode == 0, upgraded.stderr
        assert config.read_text() == "node: mine\n"
        assert config.with_name("wakeline.yaml.dpkg-dist").read_text().endswith("# more\n")
    finally:
        config.write_text(shipped)


class Unit:
    """Starts the daemon as the unit says, and hears what it tells systemd. Paths are the root's."""

    def __init__(self, root):
        self.root = root
        for name, folder in (("RuntimeDirectory", "run"), ("StateDirectory", "var/lib"), ("LogsDirectory", "var/log")):
            made = root / folder / dict(unit_lines(root))[name]
            made.mkdir(parents=True, exist_ok=True)
            assert inside(root, "chown", "wakeline:wakeline", f"/{made.relative_to(root)}").returncode == 0
        self.notices = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        path = root / "run/wakeline/notify"
        path.unlink(missing_ok=True)
        self.notices.bind(str(path))
        path.chmod(0o777)
        self.notices.settimeout(20)
        self.process = None

    def start(self):
        for check in commands(self.root, "ExecStartPre"):
            checked = run("chroot", self.root, *AS_UNIT, *check)
            assert checked.returncode == 0, checked.stderr
        self.log = open(self.root / "var/log/wakeline/unit", "wb")
        environment = {"PATH": os.environ["PATH"], "NOTIFY_SOCKET": "/run/wakeline/notify", "WATCHDOG_USEC": "1500000"}
        [command] = commands(self.root, "ExecStart")
        self.process = subprocess.Popen(["chroot", self.root, *AS_UNIT, *command], env=environment,
                                        stdout=self.log, stderr=self.log)
        self.expect("READY=1")

    def expect(self, word):
        while word not in self.notices.recv(4096).decode():
            pass

    def ctl(self, *words):
        return inside(self.root, "wakelinectl", *words)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(10)
        self.notices.close()


def owned_by_the_daemon(root, folder):
    assert inside(root, "chown", "-R", "root:wakeline", f"/{folder.relative_to(root)}").returncode == 0
    assert inside(root, "chmod", "-R", "g+rX,o-rwx", f"/{folder.relative_to(root)}").returncode == 0


async def call_through(site, pbx, unit):
    """A registered phone sleeps, is called, wakes and answers; audio flows both ways."""
    phone = site.phone("1001", "pw", token=TOKEN)
    await phone.connect()
    assert (await phone.register()).status == 200
    phone.sleep()
    desk, mobile = await Media(payload=b"D").open(), await Media(suite="AES_CM_128_HMAC_SHA1_80", payload=b"M").open()
    invite = pbx.call("1001", desk.sdp())
    await site.push.expect_push(TOKEN)
    await phone.wake()
    _, dialog = await phone.answer_call(mobile)
    answer = await pbx.expect(200)
    desk.learn(answer.body)
    pbx.ack(pbx.dialog_as_caller(invite, answer), 1)
    desk.start(), mobile.start()
    await asyncio.gather(desk.until_received(20), mobile.until_received(20))
    assert (await phone.bye(dialog)).status == 200
    pbx.answer(await pbx.expect("BYE"), 200, "OK")
    desk.close(), mobile.close()


def test_the_installed_service_wakes_a_phone_and_carries_its_call(root):
    """The unit's own command lines, as the unit's user, in a Debian that has nothing else of ours."""

    async def story():
        folder = root / "etc/wakeline/site"
        shutil.rmtree(folder, ignore_errors=True)
        site, unit = Site(folder), None
        pbx = await Pbx(DOMAIN, {"1001": "pw"}).open(remote=(site.host, site.ports["trunk"]))
        try:
            await site.start_push()
            site.use_pbx(pbx.port)
            for section in ("store", "control", "log"):
                del site.settings[section]
            site.settings["control"] = {"http": "off"}
            shipped = (root / CONFIG).read_text()
            (root / CONFIG).write_text(yaml_text(site.settings).replace(str(root), ""))
            owned_by_the_daemon(root, folder)
            unit = Unit(root)
            unit.start()
            await call_through(site, pbx, unit)
            for _ in range(100):
                if "ended" in (said := unit.ctl("calls", "--ended").stdout):
                    break
                await asyncio.sleep(0.05)  # the record waits for its transaction
            assert "ended" in said
            for words in commands(root, "ExecReload"):
                reloaded = inside(root, *words)
                assert reloaded.returncode == 0, reloaded.stdout + reloaded.stderr
            assert json.loads(unit.ctl("--json", "status").stdout)["calls"]["established"] == 0
        finally:
            if unit:
                unit.stop()
            pbx.transport.close()
            site.stop()
            (root / CONFIG).write_text(shipped)
        assert unit.process.returncode == 0

    asyncio.run(asyncio.wait_for(story(), 60))


def test_a_purge_leaves_nothing_in_the_system(root):
    removed = inside(root, "dpkg", "--purge", "wakeline")
    assert removed.returncode == 0, removed.stderr
    left = [path for path in ("usr/sbin/wakeline", UNIT, CONFIG) if (root / path).exists()]
    assert left == []
