# SPDX-License-Identifier: Apache-2.0
"""wakelinectl beyond status and calls: what an administrator watches, chooses and orders."""

import asyncio
import subprocess
import tarfile

import pytest

from peers.wakeline import BUILD, ROOT
from test_wake import TOKEN, media, site_with_phone, until

SRTP = "AES_CM_128_HMAC_SHA1_80"


def completed(*words):
    """What bash would offer for the last word."""
    script = (ROOT / "conf/wakelinectl.bash-completion").read_text()
    line = " ".join(f"'{word}'" for word in ("wakelinectl", *words))
    program = f"{script}\nCOMP_WORDS=({line}); COMP_CWORD={len(words)}; _wakelinectl; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    return subprocess.run(["bash", "-euc", program], capture_output=True, text=True, timeout=10, check=True).stdout.split()


def test_bash_completes_commands_their_words_choices_and_options():
    assert completed("stat") == ["status"]
    assert completed("push", "") == ["check", "test"]
    assert completed("--json", "--socket", "x", "log-level", "m") == ["max", "med", "min"]
    assert "--watch" in completed("status", "--")


def test_an_option_of_another_command_is_wrong_usage(stage):
    daemon = stage.site().start()
    refused = daemon.ctl("status", "--ended", check=False)
    assert refused.returncode == 2 and "--ended goes with calls" in refused.stderr
    assert daemon.ctl("push", "nobody", check=False).returncode == 2


def test_certificates_push_services_and_metrics_are_shown(stage):
    async def story():
        site, _, _ = await site_with_phone(stage)
        shown = site.daemon.ctl("certs").stdout
        assert "certificates.public.chain: expiring, 0 days left" in shown and "usage      server" in shown
        pushed = site.daemon.ctl("push").stdout
        assert "ios (apns at https://127.0.0.1:" in pushed and "push.apps.ios" in pushed
        assert "# TYPE wakeline_registrar_bindings gauge" in site.daemon.ctl("metrics").stdout

    stage.play(story())


def test_registrations_are_chosen_by_number_and_state(stage):
    async def story():
        site, _, phone = await site_with_phone(stage)
        assert len(site.daemon.json("registrations", "10*", "--state", "awake")) == 1
        phone.sleep()
        await until(lambda: len(site.daemon.json("registrations", "--state", "asleep")) == 1)
        assert site.daemon.json("registrations", "2*", "--state", "asleep") == []
        assert site.daemon.ctl("registrations", "--state", "tired", check=False).returncode == 1

    stage.play(story())


def test_watch_asks_again_until_it_is_ended_and_gives_no_orders(stage):
    site = stage.site()
    daemon = site.start()
    command = [BUILD / "wakelinectl", "--socket", daemon.socket, "--watch=1", "calls"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as watching:
        try:
            assert [watching.stdout.readline() for _ in range(2)] == ["no call\n", "no call\n"]
        finally:
            watching.terminate()
    assert daemon.ctl("--watch", "reload", check=False).returncode == 2
    assert daemon.ctl("--watch=soon", "calls", check=False).returncode == 2


@pytest.mark.parametrize("within", [None, "1s"])
def test_a_drain_takes_no_new_calls_and_ends_with_the_last_one_or_in_time(stage, within):
    async def story():
        site, pbx, phone = await site_with_phone(stage)
        talking = pbx.call("1001", (await media(stage)).sdp())
        _, dialog = await phone.answer_call(await media(stage, suite=SRTP))
        pbx.ack(pbx.dialog_as_caller(talking, await pbx.expect(200)), 1)
        said = await asyncio.to_thread(site.daemon.ctl, "drain", *([within] if within else []))
        assert said.stdout == "no new calls are taken; the daemon ends when 1 calls are over\n"
        refused = pbx.call("1001", (await media(stage)).sdp())
        pbx.ack_failure(refused, await pbx.expect(503))
        if within is None:
            assert site.daemon.process.poll() is None
            assert (await phone.bye(dialog)).status == 200
        pbx.answer(await pbx.expect("BYE"), 200, "OK")
        await asyncio.to_thread(site.daemon.process.wait, 10)
        assert site.daemon.process.returncode == 0

    stage.play(story())


def test_a_trace_has_both_sides_of_a_call_and_no_secret(stage):
    """proves: SBC-DIAG-08"""

    async def story():
        site, pbx, phone = await site_with_phone(stage)
        command = [BUILD / "wakelinectl", "--socket", site.daemon.socket, "trace", "1001"]
        capture = site.folder / "trace.pcap"
        shown = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        stage.add(shown, shown.kill)
        await until(lambda: tracing(site))
        assert (await phone.register()).status == 200
        invite = pbx.call("1001", (await media(stage)).sdp())
        _, dialog = await phone.answer_call(await media(stage, suite=SRTP))
        pbx.ack(pbx.dialog_as_caller(invite, await pbx.expect(200)), 1)
        assert (await phone.bye(dialog)).status == 200
        pbx.answer(await pbx.expect("BYE"), 200, "OK")
        over_socket(site, "trace-stop", "-X", "POST")
        text, _ = await asyncio.to_thread(shown.communicate, timeout=20)
        for part in ("from pbx ", "to phones ", "from phones ", "to pbx ", "\nINVITE sip:1001@", "\nBYE sip:", "REGISTER sip:"):
            assert part in text, part
        assert "inline:***" in text and "response=\"***\"" in text and TOKEN not in text
        done = await asyncio.to_thread(site.daemon.ctl, "trace", "1001", "--for", "1s", "--pcap", str(capture))
        assert "0 messages written" in done.stdout
        assert capture.read_bytes()[:4] == bytes.fromhex("d4c3b2a1")

    stage.play(story())


def over_socket(site, path, *options):
    """The daemon's answer over its control socket."""
    return subprocess.run(["curl", "-s", "--unix-socket", site.daemon.socket, *options, f"http://wakeline/api/v1/{path}"],
                          capture_output=True, text=True, check=True, timeout=10).stdout


def tracing(site):
    return '"running":true' in over_socket(site, "trace-messages")


def test_a_bundle_has_what_support_needs_and_no_secret(stage):
    """proves: SBC-DIAG-06"""

    async def story():
        site, _, phone = await site_with_phone(stage)
        secret = site.folder / "hook.secret"
        secret.write_text("very-secret-word-0123456789abcdef\n")
        file = site.folder / "bundle.tar.gz"
        said = await asyncio.to_thread(site.daemon.ctl, "bundle", str(file))
        assert said.stdout.startswith(f"written: {file}\n")
        assert file.stat().st_mode & 0o077 == 0
        with tarfile.open(file) as archive:
            texts = {name.rpartition("/")[2]: archive.extractfile(name).read().decode()
                     for name in archive.getnames() if archive.getmember(name).isfile()}
        assert {"config.yaml", "status.json", "registrations.json", "calls.json", "ended-calls.json", "trunks.json",
                "metrics.txt", "log.txt", "machine.txt", "capacity.json"} <= texts.keys()
        assert "sip:1001@example.com" in texts["registrations.json"]
        everything = "".join(texts.values())
        for hidden in (TOKEN, "very-secret-word", "BEGIN PRIVATE", "BEGIN EC PRIVATE"):
            assert hidden not in everything

    stage.play(story())
