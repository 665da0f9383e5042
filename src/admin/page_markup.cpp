// SPDX-License-Identifier: Apache-2.0
#include "admin/status_page.h"

namespace wakeline::admin {

std::string page_markup() {
    return R"html(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Wakeline</title>
<link rel="stylesheet" href="/page.css">
<script src="/page.js" defer></script>
</head>
<body>
<a class="skip" href="#main">To the content</a>
<header>
<h1>Wakeline <span id="node"></span></h1>
<p id="about" role="status" aria-live="polite">asking</p>
<form id="search" role="search">
<label for="query">Number or call</label>
<input id="query" name="query" type="search" autocomplete="off" spellcheck="false">
<button>Why?</button>
</form>
<form id="login">
<label for="token">Token</label>
<input id="token" name="token" type="password" autocomplete="off">
<button>Use</button>
</form>
</header>
<main id="main">
<section aria-labelledby="alarms-head"><h2 id="alarms-head">Alarms</h2><ul id="alarms"></ul></section>
<section aria-labelledby="now-head"><h2 id="now-head">Now</h2><dl id="now"></dl></section>
<section id="answer" aria-labelledby="answer-head" aria-live="polite" hidden><h2 id="answer-head" tabindex="-1">Answer</h2><div id="answer-body"></div></section>
<section class="personal" aria-labelledby="calls-head"><h2 id="calls-head">Calls</h2><div id="calls"></div></section>
<section class="personal" aria-labelledby="wakes-head"><h2 id="wakes-head">How long phones took to wake</h2><div id="wakes"></div></section>
<section class="personal" aria-labelledby="phones-head"><h2 id="phones-head">Registrations</h2><div id="registrations"></div></section>
<section aria-labelledby="trunks-head"><h2 id="trunks-head">PBXs</h2><div id="trunks"></div></section>
<section aria-labelledby="push-head"><h2 id="push-head">Push services</h2><div id="push"></div></section>
<section aria-labelledby="keys-head"><h2 id="keys-head">Certificates and keys</h2><div id="credentials"></div></section>
<section aria-labelledby="listen-head"><h2 id="listen-head">Listeners</h2><div id="listeners"></div></section>
</main>
<noscript>This page needs JavaScript. wakelinectl status says the same.</noscript>
</body>
</html>
)html";
}

} // namespace wakeline::admin
