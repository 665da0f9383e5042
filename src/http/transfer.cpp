// SPDX-License-Identifier: Apache-2.0
#include "http/transfer.h"

#include <new>

#include "base/text.h"

namespace wakeline::http {

namespace {

constexpr std::size_t kMaxHeaderOctets = 16 * 1024;
constexpr std::size_t kMaxBody = 64 * 1024;

} // namespace

Transfer::Transfer(const Request& request, const Peer& peer, const std::string& resolved)
    : body_(request.body), easy_(curl_easy_init()) {
    if (!easy_) throw std::bad_alloc();
    if (!resolved.empty()) { // with '+' it ages as what libcurl itself finds
        resolved_.reset(curl_slist_append(nullptr, ('+' + resolved).c_str()));
        curl_easy_setopt(easy_.get(), CURLOPT_RESOLVE, resolved_.get());
    }
    set_request(request, peer.origin);
    set_transport(peer);
    set_trust(peer.ca);
    CURL* const easy = easy_.get();
    curl_easy_setopt(easy, CURLOPT_PRIVATE, this);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error_.data());
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
    // The only way to learn when the body went out: libcurl reports each piece after it wrote it.
    curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_debug);
    curl_easy_setopt(easy, CURLOPT_DEBUGDATA, this);
}

void Transfer::set_request(const Request& request, const std::string& origin) {
    CURL* const easy = easy_.get();
    curl_easy_setopt(easy, CURLOPT_URL, (origin + request.path).c_str());
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    if (request.method == "POST") {
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body_.c_str());
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(body_.size()));
    } else if (request.method != "GET") {
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }
    for (const std::string& header : request.headers) {
        curl_slist* const longer = curl_slist_append(headers_.get(), header.c_str());
        if (longer == nullptr) throw std::bad_alloc();
        static_cast<void>(headers_.release());
        headers_.reset(longer);
    }
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers_.get());
}

void Transfer::set_transport(const Peer& peer) {
    CURL* const easy = easy_.get();
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, peer.origin.starts_with("http:") ? "http" : "https");
    // Without this a daemon would take its proxy from the environment.
    curl_easy_setopt(easy, CURLOPT_PROXY, peer.proxy.c_str());
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
    curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (peer.certificate.empty()) return;
    const auto blob = [](const std::string& text) {
        return curl_blob{const_cast<char*>(text.data()), text.size(), CURL_BLOB_NOCOPY};
    };
    curl_blob certificate = blob(peer.certificate), key = blob(peer.certificate_key.reveal());
    curl_easy_setopt(easy, CURLOPT_SSLCERT_BLOB, &certificate);
    curl_easy_setopt(easy, CURLOPT_SSLCERTTYPE, "PEM");
    curl_easy_setopt(easy, CURLOPT_SSLKEY_BLOB, &key);
    curl_easy_setopt(easy, CURLOPT_SSLKEYTYPE, "PEM");
}

void Transfer::set_trust(const std::string& ca) {
    CURL* const easy = easy_.get();
    // Reading the system's trust store takes 20 ms of the loop. libcurl keeps it, but only without a
    // directory.
    const char* const system = curl_version_info(CURLVERSION_NOW)->cainfo;
    curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
    curl_easy_setopt(easy, CURLOPT_CA_CACHE_TIMEOUT, -1L);
    if (!ca.empty())
        curl_easy_setopt(easy, CURLOPT_CAINFO, ca.c_str());
    else if (system != nullptr)
        curl_easy_setopt(easy, CURLOPT_CAINFO, system);
}

Response Transfer::finish(CURLcode code) {
    if (code == CURLE_OK) {
        long status = 0;
        curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
        response_.status = static_cast<int>(status);
    } else {
        response_ = {};
        response_.error = error_[0] != '\0' ? error_.data() : curl_easy_strerror(code);
        response_.timed_out = code == CURLE_OPERATION_TIMEDOUT;
    }
    return std::move(response_);
}

std::size_t Transfer::on_header(char* data, std::size_t size, std::size_t n, void* transfer) noexcept {
    return static_cast<Transfer*>(transfer)->take_header({data, size * n}) ? size * n : 0;
}

bool Transfer::take_header(std::string_view line) {
    if (istarts_with(line, "HTTP/")) { // an interim answer came before, or a repeated request
        response_.headers.clear();
        response_.body.clear();
    }
    if ((header_octets_ += line.size()) > kMaxHeaderOctets) return false;
    const auto colon = line.find(':');
    if (colon != std::string_view::npos)
        response_.headers.insert_or_assign(lower(trim(line.substr(0, colon))),
                                           std::string(trim(line.substr(colon + 1))));
    return true;
}

std::size_t Transfer::on_body(char* data, std::size_t size, std::size_t n, void* transfer) noexcept {
    std::string& body = static_cast<Transfer*>(transfer)->response_.body;
    if (body.size() + size * n > kMaxBody) return 0;
    body.append(data, size * n);
    return size * n;
}

int Transfer::on_debug(CURL*, curl_infotype what, char*, std::size_t size, void* transfer) noexcept {
    auto* const self = static_cast<Transfer*>(transfer);
    if (what == CURLINFO_DATA_OUT) self->body_written_ += size;
    if (what == CURLINFO_HEADER_OUT || what == CURLINFO_DATA_OUT)
        self->written_ = self->written_ || self->body_written_ >= self->body_.size();
    return 0;
}

} // namespace wakeline::http
