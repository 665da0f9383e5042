# SPDX-License-Identifier: Apache-2.0
"""The HTTP API as it describes itself, and the status page in a real browser."""

import asyncio
import json
import re
import shutil
import subprocess
import urllib.error
import urllib.request

import pytest

from test_wake import TOKEN, media, site_with_phone, until

SECRET = "0123456789abcdef0123456789abcdef"
SRTP = "AES_CM_128_HMAC_SHA1_80"


def ask(site, path, method="GET", token=None):
    """(status, headers, body)"""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(f"http://127.0.0.1:{site.ports['http']}{path}", method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


async def site_with_a_call(stage):
    """A site with a token, a phone that slept and was woken for a call that has ended, and its number."""
    site = stage.site()
    token = site.folder / "token"
    token.write_text(SECRET + "\n")
    token.chmod(0o600)
    site.settings["control"]["token_file"] = str(token)
    stage.site = lambda: site
    site, pbx, phone = await site_with_phone(stage)
    phone.sleep()
    invite = pbx.call("1001", (await media(stage)).sdp())
    await site.push.expect_push()
    await phone.wake()
    _, dialog = await phone.answer_call(await media(stage, suite=SRTP))
    pbx.ack(pbx.dialog_as_caller(invite, await pbx.expect(200)), 1)
    assert (await phone.bye(dialog)).status == 200
    pbx.answer(await pbx.expect("BYE"), 200, "OK")
    await until(lambda: site.daemon.json("calls", "--ended"))
    return site, pbx, phone


def fits(value, schema):
    return isinstance(value, {"object": dict, "array": list, "string": str}[schema["type"]])


def test_the_api_is_as_it_describes_itself(stage):
    """proves: EM-API-01"""

    async def story():
        site, _, _ = await site_with_a_call(stage)

        def check():
            description = json.loads(ask(site, "/api/v1/openapi.json")[2])
            assert description["openapi"].startswith("3.0") and description["info"]["title"] == "Wakeline"
            [call] = site.daemon.json("calls", "--ended")
            values = {"user": "1001", "number": "1001", "id": call["id"]}
            asked = 0
            for path, operations in description["paths"].items():
                for method, operation in operations.items():
                    open_to_all = "security" not in operation
                    if method != "get":
                        assert not open_to_all and ask(site, path, "POST")[0] == 403
                        continue
                    query = "&".join(f"{p['name']}={values[p['name']]}" for p in operation.get("parameters", [])
                                     if p["in"] == "query" and p["name"] in values)
                    at = path.replace("{id}", call["id"]) + "?" + query
                    assert ask(site, at)[0] == (200 if open_to_all else 403), path
                    status, headers, body = ask(site, at, token=SECRET)
                    [(kind, content)] = operation["responses"]["200"]["content"].items()
                    assert status == 200 and headers["Content-Type"] == kind, (path, body)
                    assert kind != "application/json" or fits(json.loads(body), content["schema"]), path
                    asked += 1
            assert asked >= 10
            assert ask(site, "/api/v1/calls", token="0" * 32)[0] == 403
            assert TOKEN not in ask(site, "/api/v1/registrations", token=SECRET)[2]

        await asyncio.to_thread(check)

    stage.play(story())


def test_who_has_the_token_ends_a_call_and_drops_a_device(stage):
    async def story():
        site, pbx, phone = await site_with_a_call(stage)
        invite = pbx.call("1001", (await media(stage)).sdp())
        await phone.answer_call(await media(stage, suite=SRTP))
        pbx.ack(pbx.dialog_as_caller(invite, await pbx.expect(200)), 1)
        [live] = await asyncio.to_thread(site.daemon.json, "calls")
        assert (await asyncio.to_thread(ask, site, f"/api/v1/calls/{live['id']}/end", "POST", SECRET))[0] == 200
        pbx.answer(await pbx.expect("BYE"), 200, "OK")
        phone.answer(await phone.expect("BYE"), 200, "OK")
        [device] = await asyncio.to_thread(site.daemon.json, "registrations")
        drop = f"/api/v1/registrations/{device['id']}/drop"
        assert (await asyncio.to_thread(ask, site, drop, "POST", SECRET))[0] == 200
        assert await asyncio.to_thread(site.daemon.json, "registrations") == []
        assert (await asyncio.to_thread(ask, site, drop, "POST", SECRET))[0] == 404

    stage.play(story())


def test_the_page_loads_nothing_from_elsewhere_and_no_script_but_its_own(stage):
    site = stage.site()
    site.start()
    status, headers, body = ask(site, "/")
    assert status == 200
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and headers["X-Content-Type-Options"] == "nosniff"
    for text in (body, ask(site, "/page.js")[2], ask(site, "/page.css")[2]):
        assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text)
    assert not re.search(r"<script(?![^>]*src=)|<style| on\w+=|style=", body)


def browser(*words, folder):
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
               "--no-first-run", "--disable-extensions", f"--user-data-dir={folder}", "--virtual-time-budget=4000", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.skipif(shutil.which("chromium") is None, reason="chromium is not installed")
def test_a_browser_shows_the_overview_to_all_and_calls_with_their_timeline_to_who_has_the_token(stage):
    async def story():
        site, _, _ = await site_with_a_call(stage)
        page = f"http://127.0.0.1:{site.ports['http']}/"
        seen = await asyncio.to_thread(browser, "--dump-dom", page, folder=stage.folder / "one")
        assert seen.returncode == 0, seen.stderr
        assert "certificates.public.chain" in seen.stdout and "<dt>Devices</dt><dd>1</dd>" in seen.stdout, seen.stdout
        assert "1001" not in seen.stdout
        seen = await asyncio.to_thread(browser, "--dump-dom", page + "#token=" + SECRET, folder=stage.folder / "two")
        assert "1001@example.com" in seen.stdout and 'aria-label="1 wakes, mean ' in seen.stdout, seen.stdout
        assert re.search(r'<button type="button" aria-label="Timeline of call [0-9a-f]+">', seen.stdout)
        assert SECRET not in seen.stdout and TOKEN not in seen.stdout
        picture = stage.folder / "page.png"
        for size in ("1200,1400", "390,1600"):
            await asyncio.to_thread(browser, f"--screenshot={picture}", f"--window-size={size}", page + "#token=" + SECRET,
                                    folder=stage.folder / size)
            assert picture.read_bytes().startswith(b"\x89PNG") and picture.stat().st_size > 5_000
            picture.unlink()

    stage.play(story(), limit=400)  # a browser takes its time
