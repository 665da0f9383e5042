// SPDX-License-Identifier: Apache-2.0
#include "http/library.h"

#include <curl/curl.h>

#include <csignal>
#include <stdexcept>

namespace wakeline::http {

Library::Library() {
    std::signal(SIGPIPE, SIG_IGN);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) throw std::runtime_error("libcurl does not start");
}

Library::~Library() { curl_global_cleanup(); }

} // namespace wakeline::http
