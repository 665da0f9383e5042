# SPDX-License-Identifier: Apache-2.0
"""Kamailio as the PBX: digest registrar with an in-memory location table, calls between its users over UDP, TCP or TLS."""

import pathlib
import shutil
import socket
import subprocess
import time

from peers.wakeline import free_port

CONFIG = """
debug=1
log_stderror=yes
fork=no
children=2
disable_tcp={disable_tcp}
listen=udp:{host}:{port}
{listen_tcp}
auto_aliases=no
dns=no
rev_dns=no
mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "auth.so"
loadmodule "xlog.so"
modparam("registrar", "max_expires", {max_expires})
modparam("registrar", "min_expires", 10)
modparam("auth", "nonce_expire", 300)
modparam("rr", "enable_full_lr", 1)
modparam("usrloc", "db_mode", 0)
{tls}
{presence}
{nat}
request_route {{
    {checks}
    if (is_method("OPTIONS") && uri == myself) {{ sl_send_reply("200", "OK"); exit; }}
    {events}
    if (has_totag()) {{
        if (is_method("ACK") && !t_check_trans() && !loose_route()) {{ route(RELAY); exit; }}
        loose_route();
        route(RELAY);
        exit;
    }}
    if (is_method("CANCEL")) {{ if (t_check_trans()) t_relay(); exit; }}
    if (is_method("ACK")) {{ t_check_trans(); exit; }}
    if (is_method("REGISTER|INVITE|MESSAGE")) {{
        $var(password) = "secret-" + $fU;
        if (is_method("REGISTER")) {{
            if (!pv_www_authenticate("{domain}", "$var(password)", "0")) {{ www_challenge("{domain}", "1"); exit; }}
            consume_credentials();
            {nat_register}
            save("location");
            exit;
        }}
        if (!pv_proxy_authenticate("{domain}", "$var(password)", "0")) {{ proxy_challenge("{domain}", "1"); exit; }}
        consume_credentials();
    }}
    record_route();
    if (!lookup("location")) {{ sl_send_reply("404", "Not Found"); exit; }}
    route(RELAY);
}}

route[RELAY] {{ if (!t_relay()) sl_reply_error(); }}
"""


TLS = """
enable_tls=yes
tcp_children=2
tcp_connection_lifetime=3605
listen=tls:{host}:{port}
loadmodule "tls.so"
modparam("tls", "certificate", "{chain}")
modparam("tls", "private_key", "{key}")
modparam("tls", "tls_method", "TLSv1.2+")
loadmodule "maxfwd.so"
loadmodule "sanity.so"
modparam("auth", "nonce_count", 1)
modparam("auth", "qop", "auth")
"""
PRESENCE = """
loadmodule "db_text.so"
loadmodule "presence.so"
loadmodule "presence_xml.so"
loadmodule "presence_mwi.so"
modparam("presence|presence_xml", "db_url", "text://{folder}/dbtext")
modparam("presence", "server_address", "sip:{host}:{port}")
modparam("presence_xml", "force_active", 1)
"""
EVENTS = """
    if (is_method("PUBLISH|SUBSCRIBE")) {
        if (!t_newtran()) { sl_reply_error(); exit; }
        if (is_method("PUBLISH")) handle_publish(); else handle_subscribe();
        t_release();
        exit;
    }
"""
# As the configuration that comes with it does; no answer to a challenge counts twice.
CHECKS = """
    if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
    if (!sanity_check("17895", "7")) exit;
"""


# Calls go back on the connection that the REGISTER came by.
NAT = """
loadmodule "nathelper.so"
modparam("nathelper|registrar", "received_avp", "$avp(received)")
"""


class Kamailio:
    """Passwords are `secret-<number>`. One host: calls from one user's phone to another's go through it. With `tls`, a
    chain and a key, it takes TLS connections at `tls_port`. With `presence` it is a presence server too."""

    def __init__(self, folder, domain, max_expires=86400, tcp=False, host="127.0.0.1", tls=None, presence=False, nat=False):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.host, self.domain = host, domain
        self.port = free_port(socket.SOCK_DGRAM, host)
        self.tls_port = free_port(host=host) if tls else 0
        with_tls = TLS.format(host=host, port=self.tls_port, chain=tls[0], key=tls[1]) if tls else ""
        if presence:
            shutil.copytree("/usr/share/kamailio/dbtext/kamailio", self.folder / "dbtext")
        with_presence = PRESENCE.format(folder=self.folder, host=host, port=self.port) if presence else ""
        self.config = self.folder / "kamailio.cfg"
        self.config.write_text(CONFIG.format(
            host=host, port=self.port, domain=domain, max_expires=max_expires,
            disable_tcp="no" if tcp or tls else "yes", tls=with_tls, presence=with_presence,
            events=EVENTS if presence else "", nat=NAT if nat else "", nat_register="fix_nated_register();" if nat else "",
            checks=CHECKS if tls else "",
            listen_tcp=f"listen=tcp:{host}:{self.port}" if tcp else ""))
        self.process, self.options = None, ("-m", "64", "-M", "8")

    def start(self):
        self._log = open(self.folder / "kamailio.log", "wb")
        self.process = subprocess.Popen(["/usr/sbin/kamailio", "-f", self.config, "-DD", "-E", *self.options,
                                         "-Y", str(self.folder)],
                                        stdout=self._log, stderr=self._log)
        deadline = time.monotonic() + 10
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.settimeout(0.1)
            probe.bind((self.host, 0))
            me = "%s:%d" % probe.getsockname()
            ping = (f"OPTIONS sip:{self.host}:{self.port} SIP/2.0\r\nVia: SIP/2.0/UDP {me};branch=z9hG4bKprobe;rport\r\n"
                    f"From: <sip:probe@{me}>;tag=1\r\nTo: <sip:{self.host}:{self.port}>\r\nCall-ID: probe\r\nCSeq: 1 OPTIONS\r\n"
                    "Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n").encode()
            while time.monotonic() < deadline and self.process.poll() is None:
                probe.sendto(ping, (self.host, self.port))
                try:
                    if probe.recv(4096).startswith(b"SIP/2.0 200"):
                        return self
                except OSError:
                    time.sleep(0.05)
        raise RuntimeError(f"kamailio does not start:\n{self.log()}")

    def log(self):
        return (self.folder / "kamailio.log").read_text(errors="replace")[-4000:]

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


PROXY = """
debug=1
log_stderror=yes
children=1
disable_tcp=yes
listen=udp:{host}:{port}
auto_aliases=no
dns=no
rev_dns=no
mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "sanity.so"
loadmodule "textops.so"
loadmodule "siputils.so"
request_route {{
    if (!mf_process_maxfwd_header("10")) {{ sl_send_reply("483", "Too Many Hops"); exit; }}
    if (!sanity_check("17895", "7")) exit;
    if (is_method("OPTIONS") && uri == myself) {{ sl_send_reply("200", "OK"); exit; }}
    if (has_totag()) {{ loose_route(); route(RELAY); exit; }}
    if (is_method("CANCEL")) {{ if (t_check_trans()) t_relay(); exit; }}
    t_check_trans();
    record_route();
{routes}
    route(RELAY);
}}

route[RELAY] {{ if (!t_relay()) sl_reply_error(); }}
"""


class StatefulProxy(Kamailio):
    """Kamailio as a proxy with transactions and Record-Route and its faster allocator, to measure beside. `routes`: the
    UDP port of each number. One worker: two would overtake each other, and a 180 come after its 200."""

    def __init__(self, folder, routes, host="127.0.0.1"):
        super().__init__(folder, "", host=host)
        rules = "".join(f'    if ($rU == "{number}") $du = "sip:{host}:{port}";\n' for number, port in routes.items())
        self.config.write_text(PROXY.format(host=host, port=self.port, routes=rules))
        self.options = ("-m", "256", "-M", "16", "-x", "fm", "-X", "fm")
